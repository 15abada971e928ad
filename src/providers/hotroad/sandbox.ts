import type { Interval } from '../../records/interval.ts';
import type {
  CreateSandbox,
  SandboxCall,
  SandboxReply,
  SandboxRequest,
  SandboxSettings,
} from '../sandbox.ts';
import { parseOffsetTime } from '../times.ts';
import { BETS, CHECK, type Operation, TRANSFERS } from './client.ts';
import { betRow, transferRow } from './sandbox-casino.ts';
import { betsIn, type Row, transfersIn } from './sandbox-rows.ts';
import { basicAuthorization } from './signing.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const MAX_SPAN = 30 * MINUTE;
const RETENTION = 40 * 24 * 60 * MINUTE;
const ROW_CAP = 20_000;
// 4.6 states no interval.
const MIN_INTERVALS: Readonly<Record<Operation, number>> = { [BETS]: 3_000, [TRANSFERS]: 0, [CHECK]: 0 };

const credentials = { agentId: 'sandboxhrg', username: 'Hr5andboxKey0001', password: 'Hr5andboxKey0001' };

/** The provider's codes (5.4) are not public: these are the sandbox's own, and its account names them. */
const codes = {
  S001: { message: 'agentId unknown', action: 'stopAccount' },
  S002: { message: 'parameters wrong', action: 'refuseInput' },
  S003: { message: 'more than 30 minutes', action: 'refuseInput' },
  S004: { message: 'before 40 days', action: 'refuseInput' },
  S006: { message: 'transaction unknown', action: 'giveUp' },
  S005: { message: 'called again too early', action: 'slowDown' },
} as const;

interface Verdict {
  readonly reply: SandboxReply;
  readonly interval?: Interval;
  readonly refused?: string;
}

/** The strict other side of operations 3.7, 4.5 and 4.6. */
export const createSandbox: CreateSandbox = (settings: SandboxSettings = {}) => {
  const { clock = Date.now, minIntervalMs } = settings;
  const { bets, transfers } = sourceOf(settings);
  const authorization = basicAuthorization(credentials.username, credentials.password);
  const calls: SandboxCall[] = [];
  const lastAt = new Map<Operation, number>();

  function judge(request: SandboxRequest, at: number): Verdict {
    const { method, path, headers, body } = request;
    if (path !== BETS && path !== TRANSFERS && path !== CHECK)
      return { reply: { status: 404, body: '' }, refused: 'path' };
    if (method !== 'POST') return { reply: { status: 405, body: '' }, refused: 'method' };
    if (headers['authorization'] !== authorization) {
      return { reply: { status: 401, body: '' }, refused: 'authorization' };
    }
    if (headers['content-type']?.startsWith('application/json') !== true)
      return refuse('S002', 'content-type');
    const ask = askOf(body);
    if (ask === null) return refuse('S002', 'body');
    if (ask.agentId !== credentials.agentId) return refuse('S001', 'agentId');
    const since = at - (lastAt.get(path) ?? Number.NEGATIVE_INFINITY);
    if (since < (minIntervalMs ?? MIN_INTERVALS[path])) return refuse('S005', 'interval between calls');
    lastAt.set(path, at);
    if (path === CHECK) return checked(ask.transactionCode, at);
    if (ask.interval === null) return refuse('S002', 'startTime and endTime');
    const fault = path === BETS ? faultOf(ask.interval, at) : reversed(ask.interval);
    if (fault !== null) return { ...refuse(fault.code, fault.rule), interval: ask.interval };
    return { reply: listed(path, ask, at), interval: ask.interval };
  }

  /** 4.5 of the last hour, which is as far back as this side remembers single codes. */
  function checked(code: string | null, at: number): Verdict {
    if (code === null) return refuse('S002', 'transactionCode');
    const found = transfers({ from: at - HOUR, to: at + 1 }).find(
      ({ text }) => JSON.parse(text).transactionCode === code,
    );
    return { reply: json(found === undefined ? '{"code":"S006"}' : `{"code":"0000","data":${found.text}}`) };
  }

  function listed(path: Operation, { interval, userId }: Ask, at: number): SandboxReply {
    const { from, to } = interval ?? { from: 0, to: -1 };
    // Both ends belong to the answer; what is still to come is not known yet.
    const within = { from, to: Math.min(to, at) + 1 };
    const rows = path === BETS ? bets(within) : transfers(within);
    const theirs = rows.filter((row) => userId === null || row.userId === userId).map(({ text }) => text);
    if (path === TRANSFERS) return json(`{"code":"0000","data":[${theirs.join(',')}]}`);
    return json(`{"code":"0000","data":{"list":[${theirs.slice(0, ROW_CAP).join(',')}]}}`);
  }

  return {
    account: {
      provider: 'hotroad',
      currency: 'CNY',
      credentials,
      options: {
        statusMessages: column('message'),
        statusActions: column('action'),
      },
      ...(minIntervalMs === undefined ? {} : { limits: limitsOf(minIntervalMs) }),
    },
    handle(request) {
      const at = clock();
      const { reply, interval = null, refused = null } = judge(request, at);
      calls.push({ at, operation: request.path, interval, page: null, refused });
      return reply;
    },
    calls,
    truth(kind, interval) {
      if (kind === 'BET') return bets(interval).map(({ text }) => text);
      return kind === 'TRANSFER' ? transfers(interval).map(({ text }) => text) : [];
    },
  };
};

type RowsOf = (interval: Interval) => readonly Row[];

function sourceOf({ rowsPerMinute = 4, casino }: SandboxSettings): { bets: RowsOf; transfers: RowsOf } {
  if (casino === undefined) {
    return {
      bets: (interval) => betsIn(interval, rowsPerMinute),
      transfers: (interval) => transfersIn(interval, rowsPerMinute),
    };
  }
  return {
    bets: (interval) => casino.bets(interval).map(betRow),
    transfers: (interval) => casino.transfers(interval).map(transferRow),
  };
}

interface Ask {
  readonly agentId: unknown;
  readonly userId: string | null;
  readonly transactionCode: string | null;
  readonly interval: Interval | null;
}

function askOf(body: string): Ask | null {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    // Not JSON is the caller's fault, and answered as such.
    return null;
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return null;
  const { agentId, userId, transactionCode, startTime, endTime }: Readonly<Record<string, unknown>> = {
    ...value,
  };
  const [from, to] = [instantOf(startTime), instantOf(endTime)];
  return {
    agentId,
    userId: typeof userId === 'string' ? userId : null,
    transactionCode: typeof transactionCode === 'string' ? transactionCode : null,
    interval: from === null || to === null ? null : { from, to },
  };
}

function instantOf(value: unknown): number | null {
  // Times are in GMT+8, 28 characters.
  return typeof value === 'string' && value.endsWith('+0800') ? parseOffsetTime(value) : null;
}

function faultOf(interval: Interval, at: number): { code: keyof typeof codes; rule: string } | null {
  if (interval.to - interval.from > MAX_SPAN) return { code: 'S003', rule: 'more than 30 minutes' };
  if (interval.from < at - RETENTION) return { code: 'S004', rule: 'startTime before 40 days' };
  return reversed(interval);
}

function reversed({ from, to }: Interval): { code: keyof typeof codes; rule: string } | null {
  return from > to ? { code: 'S002', rule: 'startTime after endTime' } : null;
}

function refuse(code: keyof typeof codes, rule: string): Verdict {
  return { reply: json(JSON.stringify({ code })), refused: rule };
}

function json(body: string): SandboxReply {
  return { status: 200, headers: { 'content-type': 'application/json; charset=utf-8' }, body };
}

function column(name: 'message' | 'action'): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(codes).map(([code, entry]) => [code, entry[name]]));
}

function limitsOf(minIntervalMs: number) {
  const limits = { minInterval: `${minIntervalMs}ms` };
  return { BET: limits, TRANSFER: limits };
}
