import type { Connection, FeedLimits } from '../providers/provider.ts';
import type { AxisField } from '../records/axis.ts';
import type { PaceRule } from '../records/pace.ts';
import type { ProviderName, RecordKind } from '../records/record.ts';

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
  readonly paging: 'whole' | 'pages';
  readonly stepMs: number;
  /** The time by which the provider is asked: by it windows, the ledger and coverage are told. */
  readonly axis: AxisField;
  readonly pace: PaceRule;
  readonly connection: Connection;
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
  /** `IDLE`: not called yet; `SLOWED`: waits for a rate limit; `FAILING`: retries; `STOPPED`: pauses after a refusal. */
  readonly state: 'IDLE' | 'OK' | 'SLOWED' | 'FAILING' | 'STOPPED';
  readonly lastSuccessAt: number | null;
  readonly lastFailureAt: number | null;
  readonly message: string | null;
  readonly retryAt: number | null;
  /** Windows that wait for a call, and those being read. */
  readonly queued: number;
  readonly reading: number;
}
