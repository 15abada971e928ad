import { z } from 'zod';
import type { Interval } from '../../records/interval.ts';
import type { CasinoBet } from '../casino.ts';
import type { CreateSandbox, SandboxCall, SandboxReply, SandboxRequest } from '../sandbox.ts';
import type { RowSeed } from '../seeded.ts';
import { formatIso } from '../times.ts';
import { options } from './options.ts';
import { betText as casinoText, findBet as findCasinoBet } from './sandbox-casino.ts';
import { betText, findBet, seedsOfBets } from './sandbox-rows.ts';
import { secretKey, signedText, signText } from './signing.ts';

const LIST = '/api/transaction/list';
const DETAIL = '/api/transaction/detail';
const WEEK = 7 * 86_400_000;
// The document asks for the time of access and names no tolerance.
const MOST_SKEW = 5 * 60_000;

const credentials = {
  apiKey: '5ca1ab1e0ddba11c0ffee00000000001',
  apiSecret: '5ca1ab1e0ddba11c0ffee000000000015ca1ab1e0ddba11c0ffee00000000002',
};

const common = { traceId: z.uuid(), startTime: z.int().min(0), endTime: z.int().min(0) };
const listBody = z.strictObject({
  ...common,
  page: z.int().min(1),
  limit: z.int().min(1).default(10),
});
const detailBody = z.strictObject({ ...common, betId: z.string().regex(/^[0-9a-f]{24}$/) });

interface Verdict {
  readonly reply: SandboxReply;
  readonly interval?: Interval;
  readonly page?: number;
  readonly refused?: string;
}

/** The strict other side of `/api/transaction/list` and `/detail`, in the older revision's envelope. */
export const createSandbox: CreateSandbox = ({
  clock = Date.now,
  minIntervalMs = 0,
  rowsPerMinute = 4,
  casino,
} = {}) => {
  const betsOf = (interval: Interval) =>
    casino === undefined ? seedsOfBets(interval, rowsPerMinute) : casino.bets(interval);
  const textOf = (bet: RowSeed | CasinoBet) => ('stake' in bet ? casinoText(bet) : betText(bet));
  const settings = options.parse({});
  const key = secretKey('sandbox', credentials, settings);
  const calls: SandboxCall[] = [];
  const traces = new Map<string, number>();
  const lastAt = new Map<string, number>();

  /** The code and rule that a request's headers break, or null. */
  function headerFault({ path, headers, body }: SandboxRequest, at: number): [number, string] | null {
    const timestamp = headers['x-timestamp'] ?? '';
    if (headers['content-type']?.startsWith('application/json') !== true) return [100000, 'content-type'];
    if (headers['x-api-key'] !== credentials.apiKey) return [100001, 'x-api-key'];
    if (!/^\d{13}$/.test(timestamp)) return [100000, 'x-timestamp'];
    if (Math.abs(Number(timestamp) - at) > MOST_SKEW) return [100000, 'x-timestamp too far from now'];
    const parameters = parametersOf(body);
    if (parameters === null) return [100000, 'body'];
    const text = signedText({ path, parameters, body, timestamp }, credentials.apiKey, settings);
    const expected = signText(text, key, settings.md5Input);
    return headers['x-signature'] === expected ? null : [100002, 'x-signature'];
  }

  /** A trace id need only be known for as long as its timestamp would be accepted. */
  function isTraceUsed(traceId: string, at: number): boolean {
    for (const [old, usedAt] of traces) {
      if (at - usedAt <= 2 * MOST_SKEW) break;
      traces.delete(old);
    }
    const used = traces.has(traceId);
    traces.set(traceId, at);
    return used;
  }

  function judge(request: SandboxRequest, at: number): Verdict {
    const { method, path } = request;
    if (method !== 'POST' || (path !== LIST && path !== DETAIL)) {
      return { reply: json(404, '{"error":"Not found"}'), refused: 'path' };
    }
    const refuse = (code: number, rule: string, asked: object = {}): Verdict => {
      const message = messages[code] ?? '';
      const reply = { traceId: '', code, message, path, timestamp: formatIso(at) };
      return { reply: json(200, JSON.stringify(reply)), refused: `${code} ${rule}`, ...asked };
    };
    const fault = headerFault(request, at);
    if (fault !== null) return refuse(...fault);
    const parsed = (path === LIST ? listBody : detailBody).safeParse(parametersOf(request.body));
    if (!parsed.success) return refuse(100000, z.prettifyError(parsed.error));
    const body = parsed.data;
    const interval = { from: body.startTime, to: body.endTime };
    const asked = { interval, ...('page' in body ? { page: body.page } : {}) };
    if (isTraceUsed(body.traceId, at)) return refuse(100000, 'traceId used before', asked);
    if (interval.from > interval.to) return refuse(100000, 'startTime after endTime', asked);
    if (at - (lastAt.get(path) ?? Number.NEGATIVE_INFINITY) < minIntervalMs) {
      // The document has no code for this; HTTP has.
      const reply = json(429, '{"error":"Too many requests"}');
      return { reply, refused: '429 interval between calls', ...asked };
    }
    lastAt.set(path, at);
    if ('betId' in body) {
      if (interval.to - interval.from > WEEK) return refuse(100000, 'more than 7 days', asked);
      const within = { from: interval.from, to: interval.to + 1 };
      const found =
        casino === undefined
          ? findBet(body.betId, within, rowsPerMinute)
          : findCasinoBet(body.betId, within, casino);
      return { reply: success(found ?? 'null'), ...asked };
    }
    return { reply: success(listOf(interval, body.page, body.limit)), ...asked };
  }

  function listOf({ from, to }: Interval, page: number, limit: number): string {
    // Both ends belong to the range: a row on the end is listed, and again in the next window.
    const bets = betsOf({ from, to: to + 1 });
    const start = (page - 1) * limit;
    const texts = bets.slice(start, start + limit).map(textOf);
    return `{"total":${bets.length},"data":[${texts.join(',')}]}`;
  }

  return {
    account: {
      provider: 'oneapi',
      credentials,
      ...(minIntervalMs === 0 ? {} : { limits: { BET: { minInterval: `${minIntervalMs}ms` } } }),
    },
    handle(request) {
      const at = clock();
      const { reply, interval = null, page = null, refused = null } = judge(request, at);
      calls.push({ at, operation: request.path, interval, page, refused });
      return reply;
    },
    calls,
    truth: (kind, interval) => (kind === 'BET' ? betsOf(interval).map(textOf) : []),
  };
};

const messages: Readonly<Record<number, string>> = {
  100000: 'parameter error',
  100001: 'api key error',
  100002: 'signature error',
};

type Fields = Readonly<Record<string, string | number>>;

/** The body's fields, all of them plain; null where it is anything else. */
function parametersOf(body: string): Fields | null {
  try {
    const fields = z.record(z.string(), z.union([z.string(), z.number()])).safeParse(JSON.parse(body));
    return fields.success ? fields.data : null;
  } catch {
    // Not JSON is the caller's fault, and answered as such.
    return null;
  }
}

function success(data: string): SandboxReply {
  return json(200, `{"data":${data},"code":200,"message":"Success"}`);
}

function json(status: number, body: string): SandboxReply {
  return { status, headers: { 'content-type': 'application/json' }, body };
}
