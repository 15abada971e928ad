import { Counter, collectDefaultMetrics, Histogram, type Registry } from 'prom-client';
import type { RouteFamily } from '../deps.ts';

/** What the server counts. Labels have few values: never a player or a key, and of operations' names the first alone. */
export interface ServerMetrics {
  /** An operation that was answered: by outcome, and by name with its cost where it was run. */
  operation(answered: { name: string | null; outcome: string; rows: number; cost: number | null }): void;
  readonly requests: Histogram<'route' | 'method' | 'status'>;
  readonly shed: Counter;
}

const MOST_NAMES = 100;

export function createServerMetrics(registry: Registry): ServerMetrics {
  const registers = [registry];
  const operations = new Counter({
    name: 'countroom_graphql_operations_total',
    help: 'GraphQL operations by outcome: ok, or the code of their first error',
    labelNames: ['outcome'],
    registers,
  });
  const rowsGiven = new Counter({
    name: 'countroom_graphql_rows_total',
    help: 'Rows given away by the graph',
    registers,
  });
  const costs = new Counter({
    name: 'countroom_graphql_cost_total',
    help: 'Cost of the GraphQL operations that were run',
    registers,
  });
  const byName = { labelNames: ['operation'] as const, registers };
  const named = new Counter({
    name: 'countroom_graphql_named_operations_total',
    help: 'GraphQL operations by name: the first 100 names that were seen, all others as "other", those without one as ""',
    ...byName,
  });
  const namedCosts = new Counter({
    name: 'countroom_graphql_named_cost_total',
    help: 'Cost of the GraphQL operations that were run, by name as in countroom_graphql_named_operations_total',
    ...byName,
  });
  const names = new Set<string>();
  const nameOf = (name: string) => {
    if (names.size < MOST_NAMES) names.add(name);
    return names.has(name) ? name : 'other';
  };
  return {
    operation({ name, outcome, rows, cost }) {
      const label = { operation: nameOf(name ?? '') };
      operations.inc({ outcome });
      rowsGiven.inc(rows);
      named.inc(label);
      if (cost === null) return;
      costs.inc(cost);
      namedCosts.inc(label, cost);
    },
    shed: new Counter({
      name: 'countroom_requests_shed_total',
      help: 'Requests refused since the process had more to do than it could',
      registers,
    }),
    requests: new Histogram({
      name: 'countroom_http_request_seconds',
      help: 'Requests by route, and how long their answers took',
      labelNames: ['route', 'method', 'status'],
      buckets: [0.005, 0.02, 0.1, 0.5, 2, 10, 60],
      registers,
    }),
  };
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
