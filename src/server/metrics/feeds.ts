import { Gauge, type Registry } from 'prom-client';
import type { Feed, FeedHealth, FeedUpstream } from '../../feeds/feed.ts';
import { allowedPerMinute } from '../../records/pace.ts';

const states: readonly FeedHealth['state'][] = ['IDLE', 'OK', 'SLOWED', 'FAILING', 'STOPPED'];

/** Every feed's health as series, read when they are asked for. */
export function registerFeedMetrics(
  registry: Registry,
  feeds: () => readonly Feed[],
  health: (feed: Feed) => FeedHealth,
): void {
  const registers = [registry];
  const labelNames = ['account', 'kind'] as const;
  const each = (set: (labels: { account: string; kind: string }, health: FeedHealth) => void) => {
    for (const feed of feeds()) set({ account: feed.account.id, kind: feed.kind }, health(feed));
  };
  new Gauge({
    name: 'countroom_feed_state',
    help: '1 for the state a feed is in, 0 for the others',
    labelNames: [...labelNames, 'state'] as const,
    registers,
    collect() {
      this.reset();
      each((labels, { state }) => {
        for (const known of states) this.set({ ...labels, state: known }, known === state ? 1 : 0);
      });
    },
  });
  new Gauge({
    name: 'countroom_feed_last_success_timestamp_seconds',
    help: 'When a feed was last read with success; absent where it never was',
    labelNames,
    registers,
    collect() {
      this.reset();
      each((labels, { lastSuccessAt }) => {
        if (lastSuccessAt !== null) this.set(labels, lastSuccessAt / 1000);
      });
    },
  });
  new Gauge({
    name: 'countroom_feed_windows_queued',
    help: 'Windows that wait for a call',
    labelNames,
    registers,
    collect() {
      this.reset();
      each((labels, { queued }) => this.set(labels, queued));
    },
  });
  new Gauge({
    name: 'countroom_feed_windows_reading',
    help: 'Windows that are being read',
    labelNames,
    registers,
    collect() {
      this.reset();
      each((labels, { reading }) => this.set(labels, reading));
    },
  });
}

/** What is known of the provider behind each feed, as series, read when they are asked for. */
export function registerProviderMetrics(registry: Registry, feeds: () => readonly Feed[]): void {
  const registers = [registry];
  const labelNames = ['account', 'kind'] as const;
  const gauge = (name: string, help: string, of: (upstream: FeedUpstream, feed: Feed) => number | null) =>
    new Gauge({
      name,
      help,
      labelNames,
      registers,
      collect() {
        this.reset();
        for (const feed of feeds()) {
          const value = feed.upstream === undefined ? null : of(feed.upstream, feed);
          if (value !== null) this.set({ account: feed.account.id, kind: feed.kind }, value);
        }
      },
    });
  gauge(
    'countroom_upstream_held_back',
    '1 while calls are held back because the provider does not answer, but for one at a time that tries',
    (upstream) => (upstream.outage() === null ? 0 : 1),
  );
  gauge(
    'countroom_pace_calls',
    'Calls of the last minute that share the feed’s pace',
    (upstream) => upstream.calls().calls,
  );
  gauge(
    'countroom_pace_refused_calls',
    'Calls of the last minute that the provider refused as too many',
    (upstream) => upstream.calls().refused,
  );
  gauge('countroom_pace_allowed_calls', 'Calls a minute that the feed’s pace allows', (_, { pace }) =>
    allowedPerMinute(pace),
  );
  new Gauge({
    name: 'countroom_provider_clock_offset_seconds',
    help: 'The provider’s clock less ours, at the least and at the most; absent where it is not known',
    labelNames: ['account', 'bound'] as const,
    registers,
    collect() {
      this.reset();
      for (const { account, upstream } of feeds()) {
        const offset = upstream?.clock.offset();
        if (offset == null) continue;
        this.set({ account: account.id, bound: 'least' }, offset.leastMs / 1_000);
        this.set({ account: account.id, bound: 'most' }, offset.mostMs / 1_000);
      }
    },
  });
}
