import { UpstreamError, UsageError } from '../../errors.ts';
import { MAX_SCALE, sum, unitsOf } from '../../records/decimal.ts';
import type { Interval } from '../../records/interval.ts';
import type { PaceRule } from '../../records/pace.ts';

import type { Bet, RecordKind, Transfer } from '../../records/record.ts';
import type { HttpRequest, HttpResponse } from '../../upstream/call.ts';
import { codeError, readAnswer } from '../answer.ts';
import { listAt } from '../empty-answers.ts';
import { readObject } from '../json.ts';

import { checkLimits } from '../limit-checks.ts';
import { paceRule } from '../pace.ts';
import type {
  CheckedTransfer,
  ConnectDeps,
  FeedLimits,
  Page,
  PageAsk,
  ProviderAccount,
  TransferCheckAsk,
} from '../provider.ts';
import { type ReadRows, type RowFault, readManyRows, readRaw } from '../rows.ts';
import { callSent } from '../sent-call.ts';
import { formatOffsetTime } from '../times.ts';

import { parseBody } from '../wire.ts';

import { codesOf, SUCCESS } from './codes.ts';
import { keyOfBet, keyOfTransfer, toBet, toTransfer } from './mapping.ts';
import type { HotRoadCredentials, HotRoadOptions } from './options.ts';
import { basicAuthorization } from './signing.ts';
import { betRow, betsAt, envelope, transferRow, transfersAt } from './wire.ts';

export const BETS = '/api/get_transactions_by_update_time_interval';
export const TRANSFERS = '/api/get_transfer_operation_log';

/** 4.5 Check Transfer Operation: its path and fields stand in 4.6's sample request. */
export const CHECK = '/api/check_transfer_operation';

export type Operation = typeof BETS | typeof TRANSFERS | typeof CHECK;
export type HotRoadAccount = ProviderAccount<HotRoadCredentials, HotRoadOptions>;

export interface Client {
  readBets(ask: PageAsk): Promise<Page<'BET'>>;
  readTransfers(ask: PageAsk): Promise<Page<'TRANSFER'>>;
  readRaw(kind: RecordKind, raw: string): Bet | Transfer | RowFault;
  checkTransfer(ask: TransferCheckAsk): Promise<CheckedTransfer | null>;
  /** Each operation has a rule of its own. */
  paceOf(operation: Operation, limits: FeedLimits): PaceRule;
}

/** Speaks operations 3.7, 4.5 and 4.6 for one account; throws a UsageError where the account declares no currency. */
export function createClient(account: HotRoadAccount, { exchange }: ConnectDeps): Client {
  const { id, credentials, options } = account;
  const currency = currencyOf(account);
  const codes = codesOf(options);
  const headers = {
    'content-type': 'application/json',
    authorization: basicAuthorization(credentials.username, credentials.password),
  };

  function paceOf(operation: Operation, limits: FeedLimits): PaceRule {
    return paceRule(`hotroad ${credentials.agentId} ${operation}`, limits);
  }

  function read<R>(
    path: Operation,
    ask: PageAsk,
    rowsAt: readonly string[],
    readRows: (listed: readonly unknown[]) => Promise<ReadRows<R>>,
  ): Promise<Asked & ReadRows<R>> {
    const who = `${id}: ${path}`;
    return callSent(exchange, ask, {
      operation: path,
      pace: paceOf(path, ask.limits),
      send: (departure) => {
        const interval = ask.interval(departure);
        if (options.limitChecks === 'strict') checkLimits(who, interval, ask.limits, departure);
        return { request: requestOf(path, interval), sent: { interval, askedAt: departure.now } };
      },
      read: async (response, sent) => {
        const answer = { who, response, now: sent.askedAt };
        const body = readAnswer(answer, envelope, ({ code }) =>
          code === SUCCESS ? null : codeError(answer, codes, code),
        );
        return { ...sent, ...(await readRows(listAt(answer, body, rowsAt, options.emptyAnswers))) };
      },
    });
  }

  function requestOf(path: Operation, { from, to }: Interval): HttpRequest {
    return posted(path, { startTime: formatOffsetTime(from), endTime: formatOffsetTime(to) });
  }

  function posted(path: Operation, fields: Readonly<Record<string, string>>): HttpRequest {
    const body = JSON.stringify({ agentId: credentials.agentId, ...fields });
    return { method: 'POST', path, headers, body };
  }

  async function checkTransfer(ask: TransferCheckAsk): Promise<CheckedTransfer | null> {
    const once = { ...ask, limits: { ...ask.limits, maxAttempts: 1 } };
    try {
      return await callSent(exchange, once, {
        operation: CHECK,
        pace: paceOf(CHECK, ask.limits),
        send: ({ now }) => ({ request: posted(CHECK, { transactionCode: ask.code }), sent: now }),
        read: (response, askedAt) => ({
          operation: CHECK,
          askedAt,
          transfer: transferIn(response, ask.code),
        }),
      });
    } catch (error) {
      ask.signal?.throwIfAborted();
      if (error instanceof UpstreamError) return null;
      throw error;
    }
  }

  /** The transfer of that code in an answer of 4.5, whose codes are not public: anything else is none. */
  function transferIn(response: HttpResponse, code: string): Transfer | null {
    const answered = readEnvelope(response);
    const row = transferRow.safeParse(answered);
    if (!row.success) return null;
    const { transactionCode, agentId, amount, preBalance, currentBalance } = row.data;
    if (transactionCode !== code || agentId !== credentials.agentId) return null;
    if (preBalance === null || currentBalance === null) return null;
    if (unitsOf(sum(preBalance, amount), MAX_SCALE) !== unitsOf(currentBalance, MAX_SCALE)) return null;
    return toTransfer(row.data, readObject(answered).raw, currency);
  }

  return {
    paceOf,
    checkTransfer,
    readRaw: (kind, raw) =>
      kind === 'TRANSFER'
        ? readRaw(raw, transferRow, (row, text) => toTransfer(row, text, currency))
        : readRaw(raw, betRow, (row, text) => toBet(row, text, currency)),
    readBets: async (ask) =>
      pageOf(
        await read(BETS, ask, betsAt, (listed) =>
          readManyRows(listed, betRow, (row, raw) => toBet(row, raw, currency), keyOfBet),
        ),
      ),
    readTransfers: async (ask) =>
      pageOf(
        await read(TRANSFERS, ask, transfersAt, (listed) =>
          readManyRows(listed, transferRow, (row, raw) => toTransfer(row, raw, currency), keyOfTransfer),
        ),
      ),
  };
}

/** The `data` of an answer that says success; undefined of any other. */
function readEnvelope({ status, text }: HttpResponse): unknown {
  if (status !== 200) return undefined;
  try {
    const parsed = envelope.safeParse(parseBody(CHECK, text));
    return parsed.success && parsed.data.code === SUCCESS ? parsed.data.data : undefined;
  } catch (error) {
    if (error instanceof UpstreamError) return undefined;
    throw error;
  }
}

interface Asked {
  readonly interval: Interval;
  readonly askedAt: number;
}

function pageOf<R>(read: Asked & ReadRows<R>) {
  return { ...read, count: read.rows.length + read.quarantined.length, total: null, pageSize: null };
}

function currencyOf({ id, currency }: HotRoadAccount): string {
  if (currency !== null) return currency;
  throw new UsageError(`${id}: expected a currency, got none: HotRoad's rows carry none`);
}
