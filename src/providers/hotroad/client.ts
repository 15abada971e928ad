import { UsageError } from '../../errors.ts';
import type { Interval } from '../../records/interval.ts';
import type { PaceRule } from '../../records/pace.ts';
import type { HttpRequest } from '../../upstream/call.ts';
import { type Answer, codeError, readAnswer, shapeError } from '../answer.ts';
import { checkLimits } from '../limit-checks.ts';
import { paceRule } from '../pace.ts';
import type { ConnectDeps, FeedLimits, Page, PageAsk, ProviderAccount } from '../provider.ts';
import { type ReadRows, readManyRows } from '../rows.ts';
import { callSent } from '../sent-call.ts';
import { formatOffsetTime } from '../times.ts';
import { describe, firstFault } from '../wire.ts';
import { codesOf, SUCCESS } from './codes.ts';
import { toBet, toTransfer } from './mapping.ts';
import type { HotRoadCredentials, HotRoadOptions } from './options.ts';
import { basicAuthorization } from './signing.ts';
import { betData, betRow, envelope, transferRow } from './wire.ts';

export const BETS = '/api/get_transactions_by_update_time_interval';
export const TRANSFERS = '/api/get_transfer_operation_log';

export type Operation = typeof BETS | typeof TRANSFERS;
export type HotRoadAccount = ProviderAccount<HotRoadCredentials, HotRoadOptions>;

export interface Client {
  readBets(ask: PageAsk): Promise<Page<'BET'>>;
  readTransfers(ask: PageAsk): Promise<Page<'TRANSFER'>>;
  /** Each operation has a rule of its own. */
  paceOf(operation: Operation, limits: FeedLimits): PaceRule;
}

/** Speaks operations 3.7 and 4.6 for one account; throws a UsageError where the account declares no currency. */
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
    rowsOf: (answer: Answer, data: unknown) => Promise<ReadRows<R>>,
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
        const { data } = readAnswer(answer, envelope, ({ code }) =>
          code === SUCCESS ? null : codeError(answer, codes, code),
        );
        return { ...sent, ...(await rowsOf(answer, data)) };
      },
    });
  }

  function requestOf(path: Operation, { from, to }: Interval): HttpRequest {
    const body = {
      agentId: credentials.agentId,
      startTime: formatOffsetTime(from),
      endTime: formatOffsetTime(to),
    };
    return { method: 'POST', path, headers, body: JSON.stringify(body) };
  }

  return {
    paceOf,
    readBets: async (ask) =>
      pageOf(
        await read(BETS, ask, async (answer, data) => {
          const parsed = betData.safeParse(data);
          if (!parsed.success) throw shapeError(answer, `data.${firstFault(parsed.error)}`);
          return readManyRows(parsed.data.list, betRow, (row, raw) => toBet(row, raw, currency));
        }),
      ),
    readTransfers: async (ask) =>
      pageOf(
        await read(TRANSFERS, ask, async (answer, data) => {
          if (!Array.isArray(data)) throw shapeError(answer, `data: expected a list, got ${describe(data)}`);
          return readManyRows(data, transferRow, (row, raw) => toTransfer(row, raw, currency));
        }),
      ),
  };
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
