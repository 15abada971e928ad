import type { UpstreamError } from '../errors.ts';
import type { Call } from './call.ts';
import type { Clock } from './clock.ts';

/** One attempt as it ended: for logs and metrics. */
export interface AttemptReport {
  readonly account: string;
  readonly operation: string;
  readonly host: string;
  /** Without what the query of an address may hold. */
  readonly path: string;
  /** 1 for a call's first. */
  readonly attempt: number;
  readonly outcome: 'ok' | UpstreamError['action'];
  /** The HTTP status; null where nothing was answered. */
  readonly status: number | null;
  readonly upstreamCode: string | null;
  /** The beginning of what was answered instead of rows: not for other people's eyes before secrets are struck out. */
  readonly said: string | null;
  /** In how many milliseconds the call is tried again; null where it is not, or has succeeded. */
  readonly retryInMs: number | null;
  readonly durationMs: number;
  /** How long it waited for its slot of the provider's pace. */
  readonly waitedMs: number;
}

/** An operation is answered again, after it was not or its account was refused. */
export interface Recovery {
  readonly account: string;
  readonly operation: string;
  /** Since the first failure. */
  readonly afterMs: number;
}

/** An attempt as it goes on. */
export interface Tried {
  readonly number: number;
  path: string;
  status: number | null;
  /** When it began to wait for its slot, and when to connect or to send, by the monotonic clock. */
  readonly waitingFrom: number;
  startedAt: number;
}

/** How an attempt failed, and in how many milliseconds the next follows; null where none does. */
export interface Failure {
  readonly error: UpstreamError;
  readonly retryInMs: number | null;
}

export interface ReporterOptions {
  readonly account: string;
  readonly host: string;
  readonly clock: Pick<Clock, 'monotonic'>;
  readonly onAttempt: ((report: AttemptReport) => void) | undefined;
  readonly onRecovered: ((recovery: Recovery) => void) | undefined;
}

/** What of a provider's answers means that it is down, or refuses the account. */
const outages: readonly string[] = ['retry', 'stopAccount'];

/** Tells of each attempt of an account as it ends, and of an operation that is answered again after it was not. */
export function createReporter({ account, host, clock, onAttempt, onRecovered }: ReporterOptions) {
  /** Since when each operation fails, by pace key. */
  const failsSince = new Map<string, number>();

  /** `failure` is null where the attempt succeeded. */
  return (
    { operation, pace }: Pick<Call<unknown>, 'operation' | 'pace'>,
    tried: Tried,
    failure: Failure | null,
  ): void => {
    const now = clock.monotonic();
    onAttempt?.({
      account,
      operation,
      host,
      path: tried.path,
      attempt: tried.number,
      outcome: failure?.error.action ?? 'ok',
      status: tried.status,
      upstreamCode: failure?.error.upstreamCode ?? null,
      said: failure?.error.raw ?? null,
      retryInMs: failure?.retryInMs ?? null,
      durationMs: now - tried.startedAt,
      waitedMs: tried.startedAt - tried.waitingFrom,
    });
    const since = failsSince.get(pace.key);
    if (failure !== null) {
      if (since === undefined && outages.includes(failure.error.action)) failsSince.set(pace.key, now);
    } else if (since !== undefined) {
      failsSince.delete(pace.key);
      onRecovered?.({ account, operation, afterMs: now - since });
    }
  };
}
