import { UpstreamError } from '../../errors.ts';
import type { Interval } from '../../records/interval.ts';
import type { PaceRule } from '../../records/pace.ts';
import type { Bet } from '../../records/record.ts';
import type { HttpRequest, HttpResponse } from '../../upstream/call.ts';
import { fixedTurn } from '../../upstream/turn.ts';
import { type Answer, type CodeTable, codeError, readAnswer, shapeError } from '../answer.ts';
import { listAt } from '../empty-answers.ts';
import { checkLimits } from '../limit-checks.ts';
import { paceRule } from '../pace.ts';
import type { ConnectDeps, FeedLimits, Page, PageAsk, ProviderAccount } from '../provider.ts';
import { type RowFault, readManyRows, readRaw } from '../rows.ts';
import { formatIso } from '../times.ts';
import { firstFault } from '../wire.ts';
import { encrypt, keyOf } from './cipher.ts';
import { authCodes, codes, SUCCESS } from './codes.ts';
import { keyOfFields, toBet } from './mapping.ts';
import type { VertexPlayCredentials, VertexPlayOptions } from './options.ts';
import { createSession, type Session, type Token } from './session.ts';
import { createNonce, signatureOf } from './signing.ts';
import { betRow, envelope, rowsAt, tokenData } from './wire.ts';

export const AUTH = '/v2/auth';
export const BET_LOGS = '/v2/betlogs';

export type VertexPlayAccount = ProviderAccount<VertexPlayCredentials, VertexPlayOptions>;

export interface Client {
  readBets(ask: PageAsk): Promise<Page<'BET'>>;
  readRaw(raw: string): Bet | RowFault;
  paceOf(limits: FeedLimits): PaceRule;
}

// Whoever waits for a token waits for a bet log: logins go first, and are no one's turn.
const loginTurn = fixedTurn('interactive');

/** Speaks `/v2/auth` and `/v2/betlogs` for one account. */
export function createClient(
  account: VertexPlayAccount,
  { exchange, clock = Date.now }: ConnectDeps,
): Client {
  const { credentials, options } = account;
  const key = keyOf(credentials.apiKey);
  const session: Session = createSession({ refreshSkewMs: options.refreshSkew, clock });

  /** A request with everything fresh: nonce, IV and time; `timestamp` is in milliseconds. */
  function sealed(path: string, plaintext: object, timestamp: number, token?: string): HttpRequest {
    const nonce = createNonce();
    const cipherText = encrypt(JSON.stringify(plaintext), key);
    const body = JSON.stringify({ cipherText });
    const { agentId } = credentials;
    return {
      method: 'POST',
      path,
      headers: {
        'content-type': 'application/json',
        'x-agentid': agentId,
        'x-timestamp': String(timestamp),
        'x-nonce': nonce,
        'x-signature': signatureOf(options.signatureScheme, { agentId, timestamp, nonce, cipherText, body }),
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      },
      body,
    };
  }

  function login(limits: FeedLimits): Promise<Token> {
    let leftAt = 0;
    return exchange.call<Token>({
      operation: AUTH,
      // The document's three seconds are for bet logs; logins have a rule of their own, without an interval.
      pace: { key: `vertexplay ${credentials.agentId} ${AUTH}`, minIntervalMs: 0, quota: null },
      turn: loginTurn,
      timeoutMs: limits.timeout,
      maxAttempts: limits.maxAttempts,
      build: ({ now, providerNow }) => {
        leftAt = now;
        const plaintext = { agentId: credentials.agentId, secret: credentials.secretKey };
        return sealed(AUTH, plaintext, providerNow);
      },
      read: (response) => readToken({ who: `${account.id}: ${AUTH}`, response, now: leftAt }),
    });
  }

  function paceOf(limits: FeedLimits): PaceRule {
    return paceRule(`vertexplay ${credentials.agentId} ${BET_LOGS}`, limits);
  }

  function readBets(ask: PageAsk): Promise<Page<'BET'>> {
    let interval: Interval = { from: 0, to: 0 };
    let askedAt = 0;
    let token = '';
    return exchange.call<Page<'BET'>>({
      operation: BET_LOGS,
      pace: paceOf(ask.limits),
      turn: ask.turn,
      timeoutMs: ask.limits.timeout,
      maxAttempts: ask.limits.maxAttempts,
      mostTimeouts: ask.mostTimeouts,
      signal: ask.signal,
      onDelay: ask.onDelay,
      prepare: () => session.prepare(() => login(ask.limits)),
      isPrepared: session.isAlive,
      build: (departure) => {
        interval = ask.interval(departure);
        askedAt = departure.now;
        token = session.token();
        if (options.limitChecks === 'strict') {
          checkLimits(`${account.id}: ${BET_LOGS}`, interval, ask.limits, departure);
        }
        return sealed(BET_LOGS, plaintextOf(interval, options), departure.providerNow, token);
      },
      read: (response) => readPage(response, interval, askedAt),
      reauthenticate: () => session.forget(token),
    });
  }

  async function readPage(response: HttpResponse, interval: Interval, askedAt: number): Promise<Page<'BET'>> {
    const answer = { who: `${account.id}: ${BET_LOGS}`, response, now: askedAt };
    if (response.status === 401) throw tokenEnded(answer);
    const body = readAnswer(answer, envelope, ({ code }) => refusalOf(answer, codes, code));
    const data = listAt(answer, body, rowsAt, options.emptyAnswers);
    const read = await readManyRows(
      data,
      betRow,
      (row, raw) => toBet(row, raw, options),
      (fields) => keyOfFields(fields, options),
    );
    return { interval, askedAt, ...read, count: data.length, total: null, pageSize: null };
  }

  return {
    readBets,
    readRaw: (raw) => readRaw(raw, betRow, (row, text) => toBet(row, text, options)),
    paceOf,
  };
}

function plaintextOf({ from, to }: Interval, { betSourceId }: VertexPlayOptions): object {
  const dates = { startDate: formatIso(from), endDate: formatIso(to) };
  return betSourceId === undefined ? dates : { ...dates, betSourceId };
}

function refusalOf(answer: Answer, table: CodeTable, code: string): UpstreamError | null {
  return code === SUCCESS ? null : codeError(answer, table, code);
}

function readToken(answer: Answer): Token {
  try {
    const { data } = readAnswer(answer, envelope, ({ code }) => refusalOf(answer, authCodes, code));
    const token = tokenData.safeParse(data);
    if (!token.success) throw shapeError(answer, `data.${firstFault(token.error)}`);
    const { accessToken, expiresIn } = token.data;
    if (expiresIn <= 0) throw shapeError(answer, 'a token that has ended already');
    return { text: accessToken, issuedAt: answer.now, endsAt: answer.now + expiresIn * 1_000 };
  } catch (error) {
    throw error instanceof UpstreamError ? withoutBody(error) : error;
  }
}

// An answer to a login may hold a token: neither it nor what failed to parse it is kept.
function withoutBody({ message, action, upstreamCode, retryAfterMs }: UpstreamError): UpstreamError {
  return new UpstreamError(message, {
    action,
    upstreamCode: upstreamCode ?? undefined,
    retryAfterMs: retryAfterMs ?? undefined,
  });
}

function tokenEnded(answer: Answer): UpstreamError {
  return new UpstreamError(`${answer.who} expected the token to be accepted, got HTTP 401`, {
    action: 'reauthenticate',
    upstreamCode: 'HTTP 401',
  });
}
