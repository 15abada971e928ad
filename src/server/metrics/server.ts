import { Counter, collectDefaultMetrics, Gauge, Histogram, type Registry } from 'prom-client';
import type { Feed, FeedHealth } from '../../feeds/feed.ts';
import type { RouteFamily } from '../deps.ts';

/** What the server counts. Labels have few values: never an operation's name, a player or a key. */
export interface ServerMetrics {
  readonly requests: Histogram<'route' | 'method' | 'status'>;
  readonly operations: Counter<'outcome'>;
  readonly rows: Counter;
  readonly cost: Counter;
}

export function createServerMetrics(registry: Registry): ServerMetrics {
  const registers = [registry];
  return {
    requests: new Histogram({
      name: 'countroom_http_request_seconds',
      help: 'Requests by route, and how long their answers took',
      labelNames: ['route', 'method', 'status'],
      buckets: [0.005, 0.02, 0.1, 0.5, 2, 10, 60],
      registers,
    }),
    operations: new Counter({
      name: 'countroom_graphql_operations_total',
      help: 'GraphQL operations by outcome: ok, or the code of their first error',
      labelNames: ['outcome'],
      registers,
    }),
    rows: new Counter({
      name: 'countroom_graphql_rows_total',
      help: 'Rows given away by the graph',
      registers,
    }),
    cost: new Counter({
      name: 'countroom_graphql_cost_total',
      help: 'Cost of the GraphQL operations that were run',
      registers,
    }),
  };
}

const states: readonly FeedHealth['state'][] = ['IDLE', 'OK', 'SLOWED', 'FAILING', 'STOPPED'];

/** Every feed's health as series, read when they are asked for. */
export function registerFeedMetrics(
  registry: Registry,
  feeds: readonly Feed[],
  health: (feed: Feed) => FeedHealth,
): void {
  const registers = [registry];
  const labelNames = ['account', 'kind'] as const;
  const each = (set: (labels: { account: string; kind: string }, health: FeedHealth) => void) => {
    for (const feed of feeds) set({ account: feed.account.id, kind: feed.kind }, health(feed));
  };
  new Gauge({
    name: 'countroom_feed_state',
    help: '1 for the state a feed is in, 0 for the others',
    labelNames: [...labelNames, 'state'] as const,
    registers,
    collect() {
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
      each((labels, { queued }) => this.set(labels, queued));
    },
  });
  new Gauge({
    name: 'countroom_feed_windows_reading',
    help: 'Windows that are being read',
    labelNames,
    registers,
    collect() {
      each((labels, { reading }) => this.set(labels, reading));
    },
  });
}

/** `/metrics`: the registry in Prometheus's text format, the process's own series with it. */
export function metricsRoutes(registry: Registry): RouteFamily {
  return (app) => {
    collectDefaultMetrics({ register: registry });
    // Gauges with a counter's suffix, which Prometheus' conventions refuse; the series they add up stay.
    for (const sum of ['handles', 'requests', 'resources']) {
      registry.removeSingleMetric(`nodejs_active_${sum}_total`);
    }
    app.get('/metrics', { config: { access: 'read:metrics' } }, async (_request, reply) => {
      reply.header('content-type', registry.contentType);
      return registry.metrics();
    });
  };
}
