import { generateKeyPairSync, type KeyObject, verify } from 'node:crypto';
import { z } from 'zod';
import type { Interval } from '../../records/interval.ts';
import type { CasinoCallback } from '../casino.ts';
import type { CreateSandbox, SandboxCall, SandboxReply, SandboxRequest } from '../sandbox.ts';
import type { RowSeed } from '../seeded.ts';
import { parseBeijing, parseIso } from '../times.ts';
import { codes } from './codes.ts';
import { callbackRow as casinoRow } from './sandbox-casino.ts';
import { rowsIn, rowOf as seededRow } from './sandbox-rows.ts';
import { signedText } from './signing.ts';

const MINUTE = 60_000;
const CHANNEL_ID = 1;
const CALLS_PER_MINUTE = 500;
const MOST_SKEW = 5 * MINUTE;
const API_VERSION = '1.6.3';

/** The request as the document's table has it. */
const requestBody = z.strictObject({
  channelId: z.int(),
  timestamp: z.int(),
  signature: z.string(),
  username: z.string().optional(),
  subChannelId: z.int().optional(),
  startTimeStr: z.string(),
  endTimeStr: z.string(),
  pageNum: z.int().min(1).default(1),
  pageSize: z.int().min(1).max(5_000).default(10),
  withNo200: z.boolean().optional(),
  currency: z.string().optional(),
});
type RequestBody = z.infer<typeof requestBody>;

type Verdict =
  | { readonly code: number; readonly why: string; readonly interval?: Interval; readonly page?: number }
  | { readonly body: RequestBody; readonly interval: Interval };

/** eBET's other side: RSA signatures, field types, 500 calls a minute, pages of at most 5,000. */
export const createSandbox: CreateSandbox = ({
  clock = Date.now,
  minIntervalMs = 0,
  rowsPerMinute = 4,
  casino,
} = {}) => {
  const callbacksOf = (interval: Interval) =>
    casino === undefined ? rowsIn(interval, rowsPerMinute) : casino.callbacks(interval);
  const rowOf = (callback: RowSeed | CasinoCallback) =>
    'seqNo' in callback ? casinoRow(callback) : seededRow(callback);
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 1024 });
  const calls: SandboxCall[] = [];
  let recent: number[] = [];

  function judge(request: SandboxRequest, now: number): Verdict {
    if (!request.headers['content-type']?.startsWith('application/json')) {
      return { code: 4030, why: 'content-type is not application/json' };
    }
    const parsed = requestBody.safeParse(parseJson(request.body));
    if (!parsed.success) return wrongBody(parsed.error);
    const body = parsed.data;
    if (body.channelId !== CHANNEL_ID) return { code: 202, why: `channelId ${body.channelId} is not known` };
    if (!isSignedBy(body, publicKey)) return { code: 4026, why: 'signature does not verify' };
    const skew = Math.min(...[1, 1_000].map((unit) => Math.abs(body.timestamp * unit - now)));
    if (skew > MOST_SKEW) return { code: 4025, why: 'timestamp is not now' };
    const from = parseTime(body.startTimeStr);
    const to = parseTime(body.endTimeStr);
    if (from === null || to === null) return { code: 4025, why: 'a time is not in a documented form' };
    const asked = { interval: { from, to }, page: body.pageNum };
    if (from > to) return { code: 4025, why: 'startTimeStr is after endTimeStr', ...asked };
    const since = now - (recent.at(-1) ?? Number.NEGATIVE_INFINITY);
    if (since < minIntervalMs) return { code: 4038, why: `called again after ${since} ms`, ...asked };
    if (recent.length >= CALLS_PER_MINUTE) {
      return { code: 4202, why: `over ${CALLS_PER_MINUTE} calls a minute`, ...asked };
    }
    return { body, interval: asked.interval };
  }

  function listOf(body: RequestBody, interval: Interval, remainingVisit: number): string {
    // Both ends belong to the range: a row on the end is listed, and again in the next window.
    const all = callbacksOf({ from: interval.from, to: interval.to + 1 });
    const start = (body.pageNum - 1) * body.pageSize;
    const narrowed = body.username !== undefined || body.withNo200 === true;
    const found = narrowed ? all.filter((each) => isAskedFor(body, rowOf(each))) : all;
    const page = found.slice(start, start + body.pageSize).map((each) => rowOf(each).text);
    const head = { status: 200, apiVersion: API_VERSION, count: found.length, remainingVisit };
    return `${JSON.stringify(head).slice(0, -1)},"seqNoHistorys":[${page.join(',')}]}`;
  }

  function handle(request: SandboxRequest): SandboxReply {
    if (request.method !== 'POST' || request.path !== '/getseqnorecord') {
      return { status: 404, body: '{"error":"not found"}' };
    }
    const now = clock();
    recent = recent.filter((at) => at > now - MINUTE);
    const verdict = judge(request, now);
    const refused = 'why' in verdict ? `${verdict.code} ${verdict.why}` : null;
    const page = 'why' in verdict ? (verdict.page ?? null) : verdict.body.pageNum;
    const interval = verdict.interval ?? null;
    calls.push({ at: now, operation: 'getseqnorecord', interval, page, refused });
    const headers = { 'content-type': 'application/json' };
    if ('why' in verdict) {
      const meaning = codes[verdict.code]?.meaning;
      const body = JSON.stringify({ status: verdict.code, apiVersion: API_VERSION, message: meaning });
      return { status: 200, headers, body };
    }
    recent.push(now);
    const remaining = CALLS_PER_MINUTE - recent.length;
    return { status: 200, headers, body: listOf(verdict.body, verdict.interval, remaining) };
  }

  return {
    account: {
      provider: 'ebet',
      credentials: {
        channelId: CHANNEL_ID,
        privateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
      },
      ...(minIntervalMs === 0 ? {} : { limits: { SEQ_NO_FAILURE: { minInterval: `${minIntervalMs}ms` } } }),
    },
    handle,
    calls,
    truth: (kind, interval) =>
      kind === 'SEQ_NO_FAILURE' ? callbacksOf(interval).map((each) => rowOf(each).text) : [],
  };
};

function isSignedBy(body: RequestBody, key: KeyObject): boolean {
  return verify('md5', Buffer.from(signedText(body)), key, Buffer.from(body.signature, 'base64'));
}

function isAskedFor(body: RequestBody, row: { readonly username: string; readonly status: number }): boolean {
  if (body.username !== undefined && row.username !== body.username.toLowerCase()) return false;
  return body.withNo200 !== true || row.status === 200;
}

/** A field of the wrong type has a code of its own. */
function wrongBody(error: z.ZodError): Verdict {
  const issue = error.issues[0];
  const missing = issue?.message.includes('received undefined') === true;
  const retyped = issue?.code === 'invalid_type' && !missing && issue.path.length > 0;
  return { code: retyped ? 4030 : 4025, why: `${issue?.path.join('.')} ${issue?.message}` };
}

function parseJson(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    // Not JSON is the caller's fault, and answered as such.
    return undefined;
  }
}

function parseTime(value: string): number | null {
  return parseBeijing(value) ?? (value.includes('.') ? null : parseIso(value));
}
