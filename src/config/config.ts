import type { FeedLimits } from '../providers/provider.ts';
import type { PlayerNames } from '../records/player.ts';
import type { ProviderName, RecordKind } from '../records/record.ts';
import type { AuthSettings, ServerSettings } from './server-settings.ts';

/** One account as configured: defaults filled in, limits complete, credentials never printed. */
export interface AccountConfig {
  readonly id: string;
  readonly provider: ProviderName;
  /** Without a slash at its end. */
  readonly baseUrl: string;
  readonly currency: string | null;
  /** As the provider's schema reads them. */
  readonly credentials: unknown;
  readonly options: unknown;
  /** One entry for every kind the provider serves. */
  readonly limits: Partial<Record<RecordKind, FeedLimits>>;
}

/** The configuration in force; durations are milliseconds, times milliseconds since the epoch, paths absolute. */
export interface Config {
  readonly file: string;
  /** Every credential in it, for a logger to strike out; prints as `[secret]`. */
  readonly secrets: readonly string[];
  readonly server: ServerSettings & { readonly maxRange: number };
  readonly log: { readonly level: 'debug' | 'info' | 'warn' | 'error' };
  readonly archive: {
    readonly url: string;
    readonly memoryMb: number;
    /** How long replaced versions are kept; null for ever. */
    readonly keepVersions: number | null;
  };
  readonly sync: {
    readonly enabled: boolean;
    readonly since: number | null;
    /** Shortest first. */
    readonly revisits: readonly number[];
    /** How much of the last day's calls may read final intervals again; from 0 to 1. */
    readonly audit: number;
  };
  readonly accounts: readonly AccountConfig[];
  readonly players: PlayerNames;
  /** Null where no key is asked for. Of each key only its `sha256` is kept. */
  readonly auth: AuthSettings | null;
  readonly federation: { readonly exposeNode: boolean; readonly exposeAdmin: boolean };
}
