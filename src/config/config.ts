import type { FeedLimits } from '../providers/provider.ts';
import type { PlayerNames } from '../records/player.ts';
import type { ProviderName, RecordKind } from '../records/record.ts';
import type { Role } from './schema.ts';

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

export interface ApiKeyConfig {
  readonly name: string;
  /** Lower-case hex; the key itself is not kept. */
  readonly sha256: string;
  readonly role: Role;
  /** Null for all. */
  readonly accounts: readonly string[] | null;
  readonly expires: number | null;
}

export interface JwtConfig {
  readonly jwksUri: string;
  readonly issuer: string;
  readonly audience: string | readonly string[];
  readonly roleClaim: string;
  readonly playerClaim: string | null;
  readonly accountsClaim: string | null;
  readonly clockTolerance: number;
}

/** The configuration in force; durations are milliseconds, times milliseconds since the epoch, paths absolute. */
export interface Config {
  readonly file: string;
  readonly server: { readonly host: string; readonly port: number; readonly maxRange: number };
  readonly archive: { readonly url: string };
  readonly sync: {
    readonly enabled: boolean;
    readonly since: number | null;
    /** Shortest first. */
    readonly revisits: readonly number[];
  };
  readonly accounts: readonly AccountConfig[];
  readonly players: PlayerNames;
  /** Null where the gateway asks nobody who they are. */
  readonly auth: { readonly apiKeys: readonly ApiKeyConfig[]; readonly jwt: JwtConfig | null } | null;
  readonly federation: { readonly exposeNode: boolean };
}
