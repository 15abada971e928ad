import type { Archive } from '../../src/archive/archive.ts';
import { createDuckDbArchive } from '../../src/archive/duckdb/index.ts';
import { createClaims } from '../../src/feeds/claims.ts';
import { connectAccount } from '../../src/feeds/connect.ts';
import { createDispatcher, type Dispatcher } from '../../src/feeds/dispatch.ts';
import type { Feed } from '../../src/feeds/feed.ts';
import { createFiller, type Filler } from '../../src/feeds/filler.ts';
import { providerNamed } from '../../src/providers/list.ts';
import type { FeedLimits, Provider } from '../../src/providers/provider.ts';
import { providers } from '../../src/providers/registry.ts';
import type { Sandbox } from '../../src/providers/sandbox.ts';
import type { Interval } from '../../src/records/interval.ts';
import type { SlotSource } from '../../src/records/pace.ts';
import type { ProviderName, RecordKind } from '../../src/records/record.ts';
import { createSandboxes } from '../../src/sandbox/create.ts';
import { createSandboxServer, type SandboxServer } from '../../src/sandbox/host.ts';
import { type Clock, systemClock } from '../../src/upstream/clock.ts';
import { createPacer } from '../../src/upstream/pace.ts';
import { defaultRetryPolicy, type RetryPolicy } from '../../src/upstream/retry.ts';
import { createLocalSlots } from '../../src/upstream/slots.ts';

export interface HarnessOptions {
  readonly names?: readonly ProviderName[];
  /** Default: DuckDB in memory, with a pace of this gateway alone. */
  readonly archive?: Archive;
  readonly slots?: SlotSource;
  /** Another gateway, where this one is to be on its sandboxes. */
  readonly sandboxesOf?: Pick<Harness, 'sandboxes' | 'server'>;
  readonly minIntervalMs?: number;
  readonly rowsPerMinute?: number;
  readonly limits?: Partial<FeedLimits>;
  readonly policy?: Partial<RetryPolicy>;
  readonly maxRangeMs?: number;
  readonly finalAfterMs?: number;
  /** What everybody's clock shows as the gateway opens; it runs on from there. @default the machine's time */
  readonly now?: number;
}

export interface Harness {
  readonly sandboxes: Readonly<Record<string, Sandbox>>;
  readonly server: SandboxServer;
  readonly archive: Archive;
  readonly filler: Filler;
  readonly dispatcher: Dispatcher;
  readonly feeds: readonly Feed[];
  feed(name: ProviderName, kind?: RecordKind): Feed;
  /** Everybody's clock. */
  now(): number;
  close(): Promise<void>;
}

/** Everything between the archive and the strict sandboxes, over real sockets; short intervals, no rules waived. */
export async function openHarness(options: HarnessOptions = {}): Promise<Harness> {
  const { names, minIntervalMs = 10, rowsPerMinute = 4 } = options;
  const served = names?.map((name) => providerNamed(providers, name)) ?? providers;
  const clock = options.now === undefined ? systemClock : clockFrom(options.now);
  // Both sides share one event loop here, so a call may be noticed late and the next one on time: the pace is held
  // by the upstream's own tests, every other rule by the sandboxes.
  const boxes =
    options.sandboxesOf?.sandboxes ??
    (await createSandboxes(served, { minIntervalMs: 0, rowsPerMinute, clock: clock.now }));
  const server =
    options.sandboxesOf?.server ?? (await createSandboxServer({ sandboxes: boxes, clock: clock.now }));
  const pacer = createPacer({ clock, slots: options.slots ?? createLocalSlots(clock) });
  const policy = { ...defaultRetryPolicy, baseMs: 5, breakMs: 40, ...options.policy };
  const connected = served.map((provider) =>
    connectAccount(provider, settingsOf(provider, boxes, server, minIntervalMs, options.limits), {
      pacer,
      clock,
      policy,
    }),
  );
  const archive =
    options.archive ??
    (await createDuckDbArchive({ path: ':memory:', playerOf: (_, name) => name, clock: clock.now }));
  const claims = archive.leases === undefined ? undefined : createClaims(archive.leases);
  const filler = createFiller({ archive, claims, now: clock.now });
  const { maxRangeMs = 40 * 86_400_000, finalAfterMs = 0 } = options;
  const dispatcher = createDispatcher({ archive, filler, now: clock.now, maxRangeMs, finalAfterMs });
  const feeds = connected.flatMap((each) => each.feeds);
  return {
    sandboxes: boxes,
    server,
    archive,
    filler,
    dispatcher,
    feeds,
    feed(name, kind) {
      const found = feeds.find((each) => each.account.provider === name && (kind ?? each.kind) === each.kind);
      if (found === undefined) throw new Error(`no feed ${name} ${kind}`);
      return found;
    },
    now: clock.now,
    async close() {
      await filler.close(AbortSignal.timeout(100));
      if (options.archive === undefined) await archive.close();
      await Promise.all(connected.map(({ http }) => http.close()));
      claims?.close();
      if (options.sandboxesOf === undefined) await server.close();
    },
  };
}

function settingsOf(
  provider: Provider,
  boxes: Harness['sandboxes'],
  server: SandboxServer,
  minIntervalMs: number,
  over: Partial<FeedLimits> = {},
) {
  const { name } = provider;
  const entry = boxes[name]!.account;
  const limits = Object.fromEntries(
    provider.feeds.map((spec) => {
      const minInterval = spec.limits.minInterval === 0 ? 0 : minIntervalMs;
      return [spec.kind, { ...spec.limits, minInterval, ...over }];
    }),
  );
  return {
    id: `${name}-main`,
    baseUrl: server.baseUrl(name),
    currency: typeof entry['currency'] === 'string' ? entry['currency'] : null,
    credentials: provider.credentials.parse(entry['credentials']),
    options: provider.options.parse(entry['options'] ?? {}),
    limits,
  };
}

function clockFrom(now: number): Clock {
  const openedAt = performance.now();
  return { ...systemClock, now: () => Math.floor(now + performance.now() - openedAt) };
}

const HOUR_MS = 3_600_000;

/** The last whole hour that everybody has settled by then. */
export function settledHour(now: number): Interval {
  const to = Math.floor((now - 10 * 60_000) / HOUR_MS) * HOUR_MS;
  return { from: to - HOUR_MS, to };
}
