import type { FeedLimits, Provider } from '../providers/provider.ts';
import { axisField } from '../records/axis.ts';
import type { RecordKind } from '../records/record.ts';
import type { Scrub } from '../records/scrub.ts';
import type { AttemptReport, Recovery } from '../upstream/attempt-report.ts';
import type { Clock } from '../upstream/clock.ts';
import { createExchange } from '../upstream/exchange.ts';
import { createHttp, type Http } from '../upstream/http.ts';
import type { Pacer } from '../upstream/pace.ts';
import type { RetryPolicy } from '../upstream/retry.ts';
import type { Account, Feed } from './feed.ts';
import { type Mapping, mappingOf } from './mapping.ts';
import { scrubbed, scrubConnection } from './scrubbed.ts';

/** One account as configured. */
export interface AccountSettings {
  readonly id: string;
  readonly baseUrl: string;
  readonly currency: string | null;
  /** As the provider's schemas read them. */
  readonly credentials: unknown;
  readonly options: unknown;
  readonly limits: Partial<Record<RecordKind, FeedLimits>>;
}

export interface ConnectOptions {
  readonly pacer: Pacer;
  readonly clock: Clock;
  readonly policy?: RetryPolicy;
  /** Most bytes of one decoded answer. @default 64 MiB */
  readonly maxBodyBytes?: number;
  readonly onAttempt?: (report: AttemptReport) => void;
  readonly onRecovered?: (recovery: Recovery) => void;
  /** Strikes secrets out of whatever is kept or said of answers. @default leaves all as it is */
  readonly scrub?: Scrub;
}

export interface ConnectedAccount {
  readonly account: Account;
  readonly feeds: readonly Feed[];
  /** What its rows are read by, beside their own text. */
  readonly mapping: Mapping;
  readonly http: Http;
  /** Has nothing asked from now on. */
  pause(): void;
  /** Has everything asked again at once, whatever kept it from that. */
  resume(): void;
}

/** One account's feeds, ready to be read; nothing is called yet. Throws a UsageError for credentials that cannot be used. */
export function connectAccount(
  provider: Provider,
  config: AccountSettings,
  { pacer, clock, policy, maxBodyBytes, onAttempt, onRecovered, scrub = (text) => text }: ConnectOptions,
): ConnectedAccount {
  const account: Account = { id: config.id, provider: provider.name, currency: config.currency };
  const http = createHttp({ account: config.id, baseUrl: config.baseUrl, maxBodyBytes });
  const exchange = createExchange({ account: config.id, http, pacer, clock, policy, onAttempt, onRecovered });
  const { credentials, options } = config;
  const connected = provider.connect({ ...account, credentials, options }, { exchange, clock: clock.now });
  const connection = scrubConnection(connected, scrub);
  const outageOf = (paceKey: string) => {
    const outage = exchange.outage(paceKey);
    return outage && { ...outage, error: scrubbed(outage.error, scrub) };
  };
  const feeds = provider.feeds.map((spec): Feed => {
    const limits = config.limits[spec.kind] ?? spec.limits;
    const pace = connection.paceOf(spec.kind, limits);
    return {
      account,
      kind: spec.kind,
      limits,
      paging: spec.paging,
      stepMs: spec.stepMs,
      axis: connection.axisOf?.(spec.kind) ?? axisField(spec.kind, 'SETTLED'),
      pace,
      connection,
      upstream: {
        clock: exchange.providerClock,
        outage: () => outageOf(pace.key),
        paused: exchange.paused,
        calls: () => exchange.callsOf(pace.key),
        callsOfDay: () => exchange.callsOfDay(pace.key),
        onRecovery: exchange.onRecovery,
      },
    };
  });
  const mapping = mappingOf(provider, config, connection.axisOf);
  return { account, feeds, mapping, http, pause: exchange.pause, resume: exchange.resume };
}
