import type { z } from 'zod';
import { type UpstreamAction, UpstreamError } from '../errors.ts';
import type { HttpResponse } from '../upstream/call.ts';
import { parseHttpDate } from '../upstream/http-date.ts';
import { firstFault, parseBody } from './wire.ts';

// A garbled header must not silence an account for years: whoever means longer says so again.
const LONGEST_RETRY_AFTER_MS = 86_400_000;

/** An answer, and what messages about it and its `Retry-After` need. */
export interface Answer {
  /** Opens every message: `vp-main: /v2/betlogs`. */
  readonly who: string;
  readonly response: HttpResponse;
  /** When the call left, by our clock: a `Retry-After` date counts from here where the answer has no `Date` of its own. */
  readonly now: number;
}

export interface Code {
  readonly meaning: string;
  readonly action: UpstreamAction;
  /** What an operator can do about it. */
  readonly remedy?: string;
  /** How long to wait by the provider's document, where the answer has no `Retry-After`. */
  readonly retryAfterMs?: number;
}

/**
 * Turns a body into a value, rows into plain objects of texts. Throws what `unreadable` makes where it is not what it
 * should be; `who` opens the message.
 */
export type Decode = (who: string, text: string) => unknown;

/** A provider's codes, as data. */
export type CodeTable = Readonly<Record<string, Code>>;

/** The error of a provider's own code; a code that the table does not have is not tried again, and is reported. */
export function codeError(answer: Answer, codes: CodeTable, code: string): UpstreamError {
  const known = Object.hasOwn(codes, code) ? codes[code] : undefined;
  const meaning = known?.meaning ?? 'not in its document';
  const remedy = known?.remedy === undefined ? '' : `: ${known.remedy}`;
  const said = code.slice(0, 40);
  return new UpstreamError(`${answer.who} expected success, got code ${said} (${meaning})${remedy}`, {
    action: known?.action ?? 'giveUp',
    upstreamCode: said,
    retryAfterMs: retryAfterMs(answer) ?? known?.retryAfterMs,
    raw: answer.response.text.slice(0, 2_000),
  });
}

/** What an HTTP status means by itself; null for a 2xx. */
function statusError(answer: Answer): UpstreamError | null {
  const { status, text } = answer.response;
  if (status >= 200 && status < 300) return null;
  return new UpstreamError(`${answer.who} expected HTTP 200, got ${status}${hintOf(status)}`, {
    action: actionOf(status),
    upstreamCode: `HTTP ${status}`,
    retryAfterMs: retryAfterMs(answer),
    raw: text.slice(0, 2_000),
  });
}

function actionOf(status: number): UpstreamAction {
  if (status === 429) return 'slowDown';
  if (status === 408 || status === 425 || status >= 500) return 'retry';
  if (status === 401 || status === 403 || status === 407) return 'stopAccount';
  if (status === 400 || status === 422) return 'refuseInput';
  return 'giveUp';
}

function hintOf(status: number): string {
  if (status >= 300 && status < 400) return ': redirects are not followed, set baseUrl to where it leads';
  if (status === 404) return ': check baseUrl and the path';
  return '';
}

/**
 * Reads an answer's envelope (the fields round the rows). Throws an UpstreamError for everything but success: by the
 * provider's own code where its table has it, else by the HTTP status, else for a body that cannot be read.
 * `refusalOf` gives the error of an envelope that does not report success, else null; `decode` reads a body that is
 * something else than JSON.
 */
export function readAnswer<T>(
  answer: Answer,
  envelope: z.ZodType<T>,
  refusalOf: (body: T) => UpstreamError | null,
  decode: Decode = parseBody,
): T {
  const byStatus = statusError(answer);
  const parsed = envelope.safeParse(bodyOf(answer, byStatus, decode));
  if (!parsed.success) throw byStatus ?? shapeError(answer, firstFault(parsed.error, 'body'));
  const refusal = refusalOf(parsed.data);
  if (byStatus !== null) throw refusal === null || refusal.action === 'giveUp' ? byStatus : refusal;
  if (refusal !== null) throw refusal;
  return parsed.data;
}

function bodyOf(answer: Answer, byStatus: UpstreamError | null, decode: Decode): unknown {
  try {
    return decode(answer.who, answer.response.text);
  } catch (error) {
    throw byStatus ?? error;
  }
}

/** The error of a body that is JSON but not what the document shows; `fault` names the field. */
export function shapeError(answer: Answer, fault: string): UpstreamError {
  return new UpstreamError(`${answer.who} expected the documented answer, got ${fault}`, {
    action: 'giveUp',
    upstreamCode: 'UNEXPECTED_SHAPE',
    raw: answer.response.text.slice(0, 2_000),
  });
}

/** `Retry-After` in milliseconds, a day at most, from seconds or a date; undefined where there is none that can be read. */
export function retryAfterMs({ response, now }: Answer): number | undefined {
  const header = response.headers['retry-after']?.trim() ?? '';
  const until = parseHttpDate(header);
  const left = until === null ? null : until - (parseHttpDate(response.headers['date'] ?? '') ?? now);
  const ms = /^\d{1,9}$/.test(header) ? Number(header) * 1000 : left;
  return ms === null ? undefined : Math.min(LONGEST_RETRY_AFTER_MS, Math.max(0, ms));
}
