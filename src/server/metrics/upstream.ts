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
  const retries = new Counter({
    name: 'countroom_upstream_retries_total',
    help: 'Calls that are tried again, by what they failed of: timeout, socket, status (an HTTP status), body (unreadable), refused (a code of the provider)',
    labelNames: [...labelNames, 'cause'] as const,
    registers,
  });
  const waits = new Histogram({
    name: 'countroom_pace_wait_seconds',
    help: 'How long calls waited for their slot of the pace, by account',
    labelNames: ['account'] as const,
    buckets: [0.05, 0.5, 1, 3, 10, 30, 60, 300, 1_800],
    registers,
  });
  return ({ account, operation, outcome, upstreamCode, status, retryInMs, durationMs, waitedMs }) => {
    calls.inc({ account, operation, outcome });
    seconds.observe({ account, operation }, durationMs / 1_000);
    waits.observe({ account }, waitedMs / 1_000);
    if (retryInMs !== null) retries.inc({ account, operation, cause: causeOf(status, upstreamCode) });
  };
}

const unreadable: readonly (string | null)[] = ['NOT_JSON', 'UNEXPECTED_SHAPE', 'TOO_LARGE'];

/** What a call failed of, by its HTTP status and the code of its error. */
function causeOf(status: number | null, code: string | null): string {
  if (code === 'TIMEOUT') return 'timeout';
  if (status === null) return 'socket';
  if (code?.startsWith('HTTP ') === true) return 'status';
  return unreadable.includes(code) ? 'body' : 'refused';
}
