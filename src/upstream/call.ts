import type { UpstreamError } from '../errors.ts';
import type { ClockReading } from '../records/clock-reading.ts';
import type { PaceRule } from '../records/pace.ts';
import type { Turn } from './turn.ts';

/** A request as a provider's client builds it, anew for each attempt. */
export interface HttpRequest {
  readonly method: 'POST' | 'GET';
  /** Appended to the account's `baseUrl`, beginning with a slash. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** An answer whose body was read whole, within its limits, as valid UTF-8 without a BOM. */
export interface HttpResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly text: string;
}

/** Why a call has not come back yet, and in how many milliseconds it is tried again. */
export interface Delay {
  readonly error: UpstreamError;
  readonly waitMs: number;
}

/** The instant a call leaves, by both clocks as they were known then. */
export interface Departure extends ClockReading {
  /** The operation called, for evidence. */
  readonly operation?: string;
  /**
   * What the provider's clock showed at least when the call left, by all that is known when this is asked, the call's
   * own answer included; our own time where the provider sends no `Date`.
   */
  readonly providerAt?: () => number;
}

export interface Call<T> {
  /** For messages and metrics, e.g. `getseqnorecord`. */
  readonly operation: string;
  readonly pace: PaceRule;
  readonly turn: Turn;
  /** Bounds one attempt from its request to the last byte of its answer. */
  readonly timeoutMs: number;
  /** Attempts at passing faults; waiting for a slow-down does not count. */
  readonly maxAttempts: number;
  /** Attempts that did not come in time before the call is given back. @default `maxAttempts` */
  readonly mostTimeouts?: number;
  readonly signal?: AbortSignal;
  /** Done before a slot is taken, e.g. to have a valid token. May throw an UpstreamError. */
  readonly prepare?: () => Promise<void>;
  /** Whether what `prepare` made still holds when the call leaves; where not, the slot is given back and it is done again. */
  readonly isPrepared?: () => boolean;
  /** Makes the request when it leaves: fresh times, nonces and signatures each attempt. */
  readonly build: (departure: Departure) => HttpRequest;
  /** Classifies and parses the answer; throws an UpstreamError where it is not what was asked. */
  readonly read: (response: HttpResponse) => T | Promise<T>;
  /** Forgets the session after a `reauthenticate`; absent where the provider has none. */
  readonly reauthenticate?: () => void;
  readonly onDelay?: (delay: Delay) => void;
}

/** One account's way out: paced, retried, bounded in time and size, behind a breaker. */
export interface Exchange {
  /** Rejects with an UpstreamError, or with what `prepare` or `build` threw. */
  call<T>(call: Call<T>): Promise<T>;
}
