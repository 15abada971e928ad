import { ArchiveError, UpstreamError } from '../errors.ts';
import type { GapReason } from '../records/coverage.ts';
import { isPaused } from '../upstream/halt.ts';

/** Why a window was not read, and in how many milliseconds it is worth asking for again. */
export interface Failure {
  readonly reason: GapReason;
  readonly waitMs: number;
  readonly message: string;
  /** The body that could not be read, to be set aside. */
  readonly raw: string | null;
  /** An unexpected error, for the log alone; null where the message says it all. */
  readonly cause: unknown;
}

const SOON_MS = 15_000;
const LATER_MS = 300_000;

/** What a failed read means for its gap: one table from the upstream's actions to reasons. */
export function failureOf(error: unknown): Failure {
  if (!(error instanceof UpstreamError)) {
    const isKnown = error instanceof ArchiveError;
    const message = isKnown ? error.message : 'the window could not be read: an internal error';
    return { reason: 'PENDING', waitMs: SOON_MS, message, raw: null, cause: isKnown ? null : error };
  }
  const { message, retryAfterMs } = error;
  const known = { message, raw: null, cause: null };
  const waitMs = (ms: number) => retryAfterMs ?? ms;
  if (isPaused(error)) return { reason: 'PENDING', waitMs: LATER_MS, ...known };
  switch (error.action) {
    case 'slowDown':
      return { reason: 'RATE_LIMITED', waitMs: waitMs(SOON_MS), ...known };
    case 'stopAccount':
    case 'reauthenticate':
      return { reason: 'CREDENTIALS_REFUSED', waitMs: waitMs(LATER_MS), ...known };
    case 'refuseInput':
      return { reason: 'PROVIDER_ERROR', waitMs: waitMs(LATER_MS), ...known };
    case 'giveUp': {
      // An answer that no rule covers is kept, so that a rule can be written for it.
      return { reason: 'PROVIDER_ERROR', waitMs: waitMs(LATER_MS), ...known, raw: error.raw };
    }
    default:
      return isUnreadable(error)
        ? { reason: 'QUARANTINED', waitMs: waitMs(LATER_MS), ...known, raw: error.raw }
        : { reason: 'PROVIDER_ERROR', waitMs: waitMs(SOON_MS), ...known };
  }
}

const unreadable = new Set(['NOT_JSON', 'NOT_CSV', 'NOT_XML', 'NOT_UTF8']);

/** A page of HTML comes from something before the provider and passes; any other broken body was meant for us. */
function isUnreadable({ raw, upstreamCode }: UpstreamError): boolean {
  return raw !== null && unreadable.has(upstreamCode ?? '') && !raw.trimStart().startsWith('<');
}
