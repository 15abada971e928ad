import type { UpstreamError } from '../errors.ts';
import type { Connection, FeedLimits, Paging } from '../providers/provider.ts';
import type { AxisField } from '../records/axis.ts';
import { type ClockReading, unknownClock } from '../records/clock-reading.ts';
import type { PaceRule } from '../records/pace.ts';
import type { ProviderName, RecordKind } from '../records/record.ts';
import type { Outage } from '../upstream/breaker.ts';
import type { CallCounts, CallsOfDay } from '../upstream/call-meter.ts';
import type { ProviderClock } from '../upstream/provider-clock.ts';

/** One set of credentials at a provider, by the operator's name. */
export interface Account {
  readonly id: string;
  readonly provider: ProviderName;
  readonly currency: string | null;
}

/** One account × one record kind, with the limits in force and the connection that reads it. */
export interface Feed {
  readonly account: Account;
  readonly kind: RecordKind;
  readonly limits: FeedLimits;
  readonly paging: Paging;
  readonly stepMs: number;
  /** The time by which the provider is asked: by it windows, the ledger and coverage are told. */
  readonly axis: AxisField;
  readonly pace: PaceRule;
  readonly connection: Connection;
  /** What is known of the provider's end; absent where nothing is, as of a feed on paper. */
  readonly upstream?: FeedUpstream;
}

/** What is known of the provider behind a feed. */
export interface FeedUpstream {
  readonly clock: ProviderClock;
  /** Why its calls are held back at present; null while they go freely. */
  outage(): Outage | null;
  /** What its calls are refused with while an admin has paused the account; null while nobody has. */
  paused(): UpstreamError | null;
  /** The account's calls of the last minute that share this feed's pace. */
  calls(): CallCounts;
  /** Those of the last 24 hours. */
  callsOfDay(): CallsOfDay;
  /** Told when the account's provider answers again after an outage, and when an admin has it asked again. Returns how to stop. */
  onRecovery(listener: () => void): () => void;
}

/**
 * The length of the instants at which windows meet, where they are as long as one call may ask for; null where there is
 * room to ask from before them.
 */
export function edgeOf({ limits, stepMs }: Pick<Feed, 'limits' | 'stepMs'>): number | null {
  const hasRoom = limits.maxWindow === null || limits.grid + stepMs <= limits.maxWindow;
  return hasRoom ? null : stepMs;
}

/** This instant by our clock (`now`) and the provider's. */
export function feedClock({ upstream }: Pick<Feed, 'upstream'>, now: number): ClockReading {
  return upstream?.clock.read() ?? unknownClock(now);
}

/** A feed's name in maps and messages: `vp-main BET`. */
export function feedName(feed: {
  readonly account: { readonly id: string };
  readonly kind: RecordKind;
}): string {
  return `${feed.account.id} ${feed.kind}`;
}

/** How a feed has fared lately; times are milliseconds since the epoch. */
export interface FeedHealth {
  /** `IDLE`: not called yet; `SLOWED`: waits for a rate limit; `FAILING`: retries; `STOPPED`: pauses after a refusal, or is paused. */
  readonly state: 'IDLE' | 'OK' | 'SLOWED' | 'FAILING' | 'STOPPED';
  readonly lastSuccessAt: number | null;
  readonly lastFailureAt: number | null;
  readonly message: string | null;
  readonly retryAt: number | null;
  /** Windows that wait for a call, and those being read. */
  readonly queued: number;
  readonly reading: number;
}
