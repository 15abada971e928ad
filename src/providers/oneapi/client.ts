import { createHash, randomUUID } from 'node:crypto';
import { UpstreamError } from '../../errors.ts';
import type { Interval } from '../../records/interval.ts';
import type { PaceRule } from '../../records/pace.ts';
import type { Bet, RecordKind } from '../../records/record.ts';
import type { Departure, HttpRequest, HttpResponse } from '../../upstream/call.ts';
import { type Answer, codeError, readAnswer, shapeError } from '../answer.ts';
import { listAt } from '../empty-answers.ts';
import { paceRule } from '../pace.ts';
import type {
  ConnectDeps,
  Connection,
  DetailAsk,
  FeedLimits,
  Page,
  PageAsk,
  ProviderAccount,
} from '../provider.ts';
import { readManyRows, readRaw, readRows } from '../rows.ts';
import { callSent } from '../sent-call.ts';
import { firstFault } from '../wire.ts';
import { codes } from './codes.ts';
import { keyOfFields, toBet } from './mapping.ts';
import type { Credentials, Options } from './options.ts';
import { type Parameters, secretKey, signedText, signText } from './signing.ts';
import { type Envelope, envelope, listData, type Row, row, rowsAt } from './wire.ts';

const SECOND = 1_000;
const DAY = 86_400_000;

/** Reads `/api/transaction/list` page by page, and single bets by `/api/transaction/detail`. */
export function createClient(
  account: ProviderAccount<Credentials, Options>,
  { exchange }: ConnectDeps,
): Connection {
  const { credentials, options } = account;
  const key = secretKey(account.id, credentials, options);
  // The agent is known by its API key alone; pace keys are shown and shared, so they carry its fingerprint.
  const agent = createHash('sha256').update(credentials.apiKey).digest('hex').slice(0, 12);

  function ruleOf(path: string, limits: FeedLimits): PaceRule {
    return paceRule(`oneapi ${agent} ${path}`, limits);
  }

  /** A request of its own trace, time and signature. */
  function request(path: string, { providerNow }: Departure, fields: Parameters): HttpRequest {
    const parameters: Parameters = { traceId: randomUUID(), ...fields };
    const body = JSON.stringify(parameters);
    const at = options.timestampUnit === 'ms' ? providerNow : Math.floor(providerNow / SECOND);
    const timestamp = String(at);
    const text = signedText({ path, parameters, body, timestamp }, credentials.apiKey, options);
    return {
      method: 'POST',
      path,
      headers: {
        'content-type': 'application/json',
        'x-api-key': credentials.apiKey,
        'x-timestamp': timestamp,
        'x-signature': signText(text, key, options.md5Input),
      },
      body,
    };
  }

  const timesOf = ({ from, to }: Interval): Parameters => ({
    [options.startTimeField]: from,
    [options.endTimeField]: to,
  });

  function answerOf(path: string, response: HttpResponse, now: number): Answer {
    return { who: `${account.id}: ${path}`, response, now };
  }

  const toRecord = (wire: Row, raw: string) => toBet(wire, raw, options);

  function readPage(_kind: RecordKind, ask: PageAsk): Promise<Page> {
    const path = options.listPath;
    return callSent(exchange, ask, {
      operation: path,
      pace: ruleOf(path, ask.limits),
      send: (departure) => {
        const interval = ask.interval(departure);
        const fields = {
          ...timesOf(interval),
          [options.pageField]: ask.page - 1 + options.firstPage,
          [options.limitField]: options.pageLimit,
        };
        return { request: request(path, departure, fields), sent: { interval, askedAt: departure.now } };
      },
      read: async (response, sent): Promise<Page<'BET'>> => {
        const answer = answerOf(path, response, sent.askedAt);
        const body = bodyOf(answer);
        const total = totalOf(answer, body.data);
        const data = listAt(answer, body, rowsAt, options.emptyAnswers, ask.page === 1 ? total : null);
        return {
          ...sent,
          ...(await readManyRows(data, row, toRecord, keyOfFields)),
          count: data.length,
          total,
          pageSize: options.pageLimit,
        };
      },
    });
  }

  async function readDetail(ask: DetailAsk): Promise<Bet | null> {
    const path = options.detailPath;
    const length = ask.range.to - ask.range.from;
    if (length > options.detailMaxDays * DAY) {
      throw new UpstreamError(
        `${account.id}: ${path} expected at most ${options.detailMaxDays} days, got ${length} ms`,
        { action: 'refuseInput', upstreamCode: 'LIMIT' },
      );
    }
    return callSent(exchange, ask, {
      operation: path,
      pace: ruleOf(path, ask.limits),
      send: (departure) => ({
        request: request(path, departure, { ...timesOf(ask.range), betId: ask.key }),
        sent: departure.now,
      }),
      read: (response, now) => readBet(answerOf(path, response, now), ask.key),
    });
  }

  function readBet(answer: Answer, key: string): Bet | null {
    const { data } = bodyOf(answer);
    if (isNothing(data)) return null;
    const { rows, quarantined } = readRows([data], row, toRecord);
    const [bet] = rows;
    if (bet === undefined) throw shapeError(answer, `data.${quarantined[0]?.reason}`);
    if (bet.key !== key) throw shapeError(answer, 'another betId than was asked for');
    return bet;
  }

  return {
    readPage,
    readDetail,
    readRaw: (_kind, raw) => readRaw(raw, row, toRecord),
    paceOf: (_kind, limits) => ruleOf(options.listPath, limits),
  };
}

/** An answer of success. */
function bodyOf(answer: Answer): Envelope {
  return readAnswer(answer, envelope, (body) => refusalOf(answer, body));
}

/** The provider's count of all rows; an answer that says in other words that there are none has no count. */
function totalOf(answer: Answer, data: unknown): number | null {
  const parsed = listData.safeParse(Array.isArray(data) ? {} : (data ?? {}));
  if (parsed.success) return parsed.data.total;
  throw shapeError(answer, firstFault(parsed.error, 'data'));
}

function refusalOf(answer: Answer, { code, status, error }: Envelope): UpstreamError | null {
  if (code === '200' || status === 'OK') return null;
  const said = code ?? status ?? error;
  return said === null ? shapeError(answer, 'neither code nor status') : codeError(answer, codes, said);
}

/** A bet the provider does not know: the document shows no such answer, so every empty form of `data` is one. */
function isNothing(data: unknown): boolean {
  if (data === undefined || data === null) return true;
  return typeof data === 'object' && Object.keys(data).length === 0;
}
