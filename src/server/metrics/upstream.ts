import { Counter, Histogram, type Registry } from 'prom-client';
import type { AttemptReport } from '../../upstream/attempt-report.ts';

/** Counts every call to a provider; give it each attempt as it ends. */
export function createUpstreamMetrics(registry: Registry): (attempt: AttemptReport) => void {
  const registers = [registry];
  const labelNames = ['account', 'operation'] as const;
  const calls = new Counter({
    name: 'countroom_upstream_calls_total',
    help: 'Calls to providers by outcome: ok, or what was done about the refusal',
    labelNames: [...labelNames, 'outcome'] as const,
    registers,
  });
  const seconds = new Histogram({
    name: 'countroom_upstream_call_seconds',
    help: 'How long providers took to answer, reading of the rows included',
    labelNames,
    buckets: [0.05, 0.2, 0.5, 1, 3, 10, 30],
    registers,
  });
  return ({ account, operation, outcome, durationMs }) => {
    calls.inc({ account, operation, outcome });
    seconds.observe({ account, operation }, durationMs / 1_000);
  };
}
