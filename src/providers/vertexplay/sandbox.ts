import { randomUUID } from 'node:crypto';
import type { Interval } from '../../records/interval.ts';
import type {
  CreateSandbox,
  SandboxCall,
  SandboxReply,
  SandboxRequest,
  SandboxSettings,
} from '../sandbox.ts';
import { parseIso } from '../times.ts';
import { decrypt, keyOf } from './cipher.ts';
import { AUTH, BET_LOGS } from './client.ts';
import { betText } from './sandbox-casino.ts';
import { rowsIn } from './sandbox-rows.ts';
import { signatureOf } from './signing.ts';

const MINUTE = 60_000;
const MAX_WINDOW = 10 * MINUTE;
const RETENTION = 40 * 24 * 60 * MINUTE;
const MIN_INTERVAL = 3_000;
// The document asks for a right clock and names no tolerance.
const MAX_SKEW = 5 * MINUTE;
const TOKEN_LIFE_S = 3_600;

const credentials = {
  agentId: 'sandboxvp01',
  apiKey: '5ca1ab1e0ddba11c0ffee0000000000000000000000000000000000000c0ffee',
  secretKey: 'vp-sandbox-secret',
};

const messages = {
  10: 'Agent not found or blocked',
  11: 'Parameters error',
  77: 'Too many request, please try again later',
  83: 'Signature verification failed',
  84: 'Encryption failed',
} as const;

interface Refusal {
  readonly code: keyof typeof messages;
  readonly rule: string;
  readonly status?: number;
}

interface Verdict {
  readonly reply: SandboxReply;
  readonly interval?: Interval;
  readonly refused?: string;
}

/** The strict other side of `/v2/auth` and `/v2/betlogs`. */
export const createSandbox: CreateSandbox = (settings: SandboxSettings = {}) => {
  const { clock = Date.now, minIntervalMs = MIN_INTERVAL, rowsPerMinute = 4, casino } = settings;
  const rowsOf = (interval: Interval, source?: string | null) =>
    casino === undefined ? rowsIn(interval, rowsPerMinute, source) : casino.bets(interval).map(betText);
  const key = keyOf(credentials.apiKey);
  const calls: SandboxCall[] = [];
  const nonces = new Map<string, number>();
  const tokens = new Map<string, number>();
  let lastAt = Number.NEGATIVE_INFINITY;

  /** The plaintext of a request whose headers, signature and cipher are right. */
  function open(request: SandboxRequest, at: number): { readonly plaintext: Fields } | Refusal {
    const { headers, body } = request;
    const timestamp = Number(headers['x-timestamp']);
    const nonce = headers['x-nonce'] ?? '';
    if (request.method !== 'POST') return { code: 11, rule: 'method' };
    if (headers['content-type']?.startsWith('application/json') !== true)
      return { code: 11, rule: 'content-type' };
    if (headers['x-agentid'] !== credentials.agentId) return { code: 10, rule: 'x-agentid' };
    if (!/^\d{13}$/.test(headers['x-timestamp'] ?? '')) return { code: 83, rule: 'x-timestamp' };
    if (Math.abs(timestamp - at) > MAX_SKEW) return { code: 83, rule: 'x-timestamp too far from now' };
    if (!/^[0-9a-f]{32}$/.test(nonce)) return { code: 83, rule: 'x-nonce' };
    const cipherText = fieldsOf(body)?.['cipherText'];
    if (typeof cipherText !== 'string') return { code: 11, rule: 'cipherText' };
    const parts = { agentId: credentials.agentId, timestamp, nonce, cipherText, body };
    if (headers['x-signature'] !== signatureOf('pipe', parts)) return { code: 83, rule: 'x-signature' };
    if (isUsed(nonce, at)) return { code: 83, rule: 'x-nonce used before' };
    const plaintext = decrypt(cipherText, key);
    if (plaintext === null) return { code: 84, rule: 'cipherText' };
    const fields = fieldsOf(plaintext);
    return fields === null ? { code: 11, rule: 'plaintext' } : { plaintext: fields };
  }

  /** A nonce need only be known for as long as its timestamp would be accepted. */
  function isUsed(nonce: string, at: number): boolean {
    for (const [old, usedAt] of nonces) {
      if (at - usedAt <= 2 * MAX_SKEW) break;
      nonces.delete(old);
    }
    const used = nonces.has(nonce);
    nonces.set(nonce, at);
    return used;
  }

  function login({ agentId, secret }: Fields, at: number): Verdict {
    if (agentId !== credentials.agentId || secret !== credentials.secretKey) {
      return refuse({ code: 10, rule: 'agentId and secret' });
    }
    const accessToken = randomUUID();
    tokens.set(accessToken, at + TOKEN_LIFE_S * 1_000);
    return { reply: success(JSON.stringify({ accessToken, expiresIn: TOKEN_LIFE_S, tokenType: 'Bearer' })) };
  }

  function betLogs(request: SandboxRequest, plaintext: Fields, at: number): Verdict {
    const interval = intervalOf(plaintext);
    const fault = faultOf(request, plaintext, interval, at);
    if (fault !== null) return { ...refuse(fault), ...(interval === null ? {} : { interval }) };
    lastAt = at;
    // Both ends belong to the answer: a row on a window's edge comes with both windows.
    const { from, to } = interval ?? { from: 0, to: -1 };
    const rows = rowsOf({ from, to: to + 1 }, sourceOf(plaintext));
    return { reply: success(`[${rows.join(',')}]`), interval: { from, to } };
  }

  function faultOf(
    { headers }: SandboxRequest,
    plaintext: Fields,
    interval: Interval | null,
    at: number,
  ): Refusal | null {
    const token = /^Bearer (\S+)$/.exec(headers['authorization'] ?? '')?.[1] ?? '';
    if (at >= (tokens.get(token) ?? 0)) return { code: 83, rule: 'token', status: 401 };
    if (at - lastAt < minIntervalMs) return { code: 77, rule: 'interval between calls' };
    if (interval === null) return { code: 11, rule: 'startDate and endDate' };
    if (interval.from > interval.to) return { code: 11, rule: 'startDate after endDate' };
    if (interval.to - interval.from > MAX_WINDOW) return { code: 11, rule: 'more than 10 minutes' };
    if (interval.to > at) return { code: 11, rule: 'endDate in the future' };
    if (interval.from < at - RETENTION) return { code: 11, rule: 'startDate before 40 days' };
    if (sourceOf(plaintext) === null) return { code: 11, rule: 'betSourceId' };
    return null;
  }

  function judge(request: SandboxRequest, at: number): Verdict {
    if (request.path !== AUTH && request.path !== BET_LOGS) {
      return { reply: { status: 404, body: '' }, refused: 'path' };
    }
    const opened = open(request, at);
    if (!('plaintext' in opened)) return refuse(opened);
    return request.path === AUTH ? login(opened.plaintext, at) : betLogs(request, opened.plaintext, at);
  }

  return {
    account: {
      provider: 'vertexplay',
      credentials,
      ...(minIntervalMs === MIN_INTERVAL ? {} : { limits: { BET: { minInterval: `${minIntervalMs}ms` } } }),
    },
    handle(request) {
      const at = clock();
      const { reply, interval = null, refused = null } = judge(request, at);
      calls.push({ at, operation: request.path, interval, page: null, refused });
      return reply;
    },
    calls,
    truth: (kind, interval) => (kind === 'BET' ? rowsOf(interval) : []),
  };
};

type Fields = Readonly<Record<string, unknown>>;

function fieldsOf(text: string): Fields | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : null;
  } catch {
    // Not JSON is the caller's fault, and answered as such.
    return null;
  }
}

function intervalOf({ startDate, endDate }: Fields): Interval | null {
  const from = typeof startDate === 'string' ? parseIso(startDate) : null;
  const to = typeof endDate === 'string' ? parseIso(endDate) : null;
  return from === null || to === null ? null : { from, to };
}

/** The source asked for, `0` meaning all; null where what was sent is none. */
function sourceOf({ betSourceId = '0' }: Fields): string | null {
  return typeof betSourceId === 'string' ? betSourceId : null;
}

function success(data: string): SandboxReply {
  return json(200, `{"code":0,"message":"No error.","data":${data},"logUUID":"${randomUUID()}"}`);
}

function refuse({ code, rule, status = 200 }: Refusal): Verdict {
  const body = JSON.stringify({ code, message: messages[code], logUUID: randomUUID() });
  return { reply: json(status, body), refused: rule };
}

function json(status: number, body: string): SandboxReply {
  return { status, headers: { 'content-type': 'application/json; charset=utf-8' }, body };
}
