import {
  BrokenCircuitError,
  CircuitState,
  ConsecutiveBreaker,
  circuitBreaker,
  DelegateBackoff,
  handleWhen,
} from 'cockatiel';
import { UpstreamError } from '../errors.ts';
import { abandonable } from './abandon.ts';
import type { Call, Departure, Exchange, HttpResponse } from './call.ts';
import type { Clock } from './clock.ts';
import type { Http } from './http.ts';
import type { Pacer, Slot } from './pace.ts';
import { backoffMs, defaultRetryPolicy, type RetryPolicy } from './retry.ts';

/** One attempt as it ended: for logs and metrics, never with a body. */
export interface AttemptReport {
  readonly account: string;
  readonly operation: string;
  readonly outcome: 'ok' | UpstreamError['action'];
  readonly upstreamCode: string | null;
  readonly durationMs: number;
}

export interface ExchangeOptions {
  readonly account: string;
  readonly http: Http;
  readonly pacer: Pacer;
  readonly clock: Clock;
  readonly policy?: RetryPolicy;
  readonly onAttempt?: (report: AttemptReport) => void;
}

/** What was prepared did not outlast the wait for a slot. */
const outdated = Symbol('outdated');

const SKEW_TOLERANCE_MS = 1_500;

/** One account's way out: its breaker, its stop after refused credentials, and the provider's clock as its answers tell it. */
export function createExchange(options: ExchangeOptions): Exchange {
  const { account, http, pacer, clock, policy = defaultRetryPolicy, onAttempt } = options;
  let pausedUntil = 0;
  const breaker = circuitBreaker(
    handleWhen((error) => error instanceof UpstreamError && error.action === 'retry'),
    {
      breaker: new ConsecutiveBreaker(policy.breakAfter),
      halfOpenAfter: new DelegateBackoff(({ attempt }) => {
        const forMs = Math.min(policy.longestBreakMs, policy.breakMs * 2 ** (attempt - 1));
        pausedUntil = clock.now() + forMs + 5; // never before the breaker itself lets a call through
        return forMs;
      }),
    },
  );
  let trial: Promise<void> | null = null;
  let stop: { readonly error: UpstreamError; readonly until: number; readonly forMs: number } | null = null;
  let behindMs = 0;

  function departure(): Departure {
    const now = clock.now();
    return { now, providerNow: now - behindMs };
  }

  /**
   * The provider's `Date` header has whole seconds and was written after the call had left: only a clock surely
   * behind ours matters. Throws where the call left with another idea of it: what was asked for may not have been yet.
   */
  function noteClock(response: HttpResponse, left: Departure): void {
    const date = Date.parse(response.headers['date'] ?? '');
    if (Number.isNaN(date)) return;
    const behind = left.now - (date + 1_000);
    behindMs = behind > SKEW_TOLERANCE_MS ? behind : 0;
    if (behindMs - (left.now - left.providerNow) <= SKEW_TOLERANCE_MS) return;
    throw new UpstreamError(`${account}: expected the provider's clock, got one ${behindMs} ms behind ours`, {
      action: 'retry',
      upstreamCode: 'CLOCK_BEHIND',
    });
  }

  /** Throws where sending now would hammer a provider that is down, or one that has refused us. */
  function refuseWhenPaused(): void {
    if (stop !== null && clock.now() < stop.until) throw stop.error;
    const trying = breaker.state === CircuitState.HalfOpen;
    if (trying || (breaker.state === CircuitState.Open && clock.now() < pausedUntil))
      throw new BrokenCircuitError();
  }

  /** While the account is paused all its calls wait here; when the pause ends one of them goes and tries. */
  async function passGate(signal?: AbortSignal): Promise<(() => void) | null> {
    while (breaker.state !== CircuitState.Closed) {
      if (clock.now() < pausedUntil) {
        await clock.until(clock.monotonic() + pausedUntil - clock.now(), signal);
      } else if (trial !== null) {
        await trial;
        signal?.throwIfAborted();
      } else {
        let over = () => {};
        trial = new Promise<void>((resolve) => {
          over = () => {
            trial = null;
            resolve();
          };
        });
        return over;
      }
    }
    return null;
  }

  async function attempt<T>(call: Call<T>): Promise<T | typeof outdated> {
    const open = async () => {
      refuseWhenPaused();
      await http.open();
    };
    const slot = await pacer
      .slot({ rule: call.pace, turn: call.turn, open, signal: call.signal })
      // A connection that cannot be opened is a failure of the provider like any other.
      .catch((error: unknown) => breaker.execute(() => Promise.reject(error)));
    try {
      refuseWhenPaused();
      if (call.isPrepared?.() === false) return outdated;
      return await breaker.execute(() => sendOnce(call, slot));
    } finally {
      slot.unused();
      slot.done();
    }
  }

  async function sendOnce<T>(call: Call<T>, slot: Slot): Promise<T> {
    const startedAt = clock.monotonic();
    const report = (outcome: AttemptReport['outcome'], upstreamCode: string | null) =>
      onAttempt?.({
        account,
        operation: call.operation,
        outcome,
        upstreamCode,
        durationMs: clock.monotonic() - startedAt,
      });
    const left = departure();
    const request = call.build(left);
    try {
      const response = await http.send(request, {
        timeoutMs: call.timeoutMs,
        signal: call.signal,
        onWritten: slot.written,
      });
      noteClock(response, left);
      const value = await call.read(response);
      report('ok', null);
      return value;
    } catch (error) {
      if (error instanceof UpstreamError) report(error.action, error.upstreamCode);
      throw error;
    }
  }

  async function pause(call: Call<unknown>, error: UpstreamError, forMs: number): Promise<void> {
    call.onDelay?.({ error, retryAt: clock.now() + forMs });
    await clock.until(clock.monotonic() + forMs, call.signal);
  }

  async function call<T>(call: Call<T>): Promise<T> {
    let failures = 0;
    let slowDowns = 0;
    let reauthenticated = false;
    let last: UpstreamError | null = null;
    for (;;) {
      call.signal?.throwIfAborted();
      if (stop !== null && clock.now() < stop.until) throw stop.error;
      if (call.prepare !== undefined) await abandonable(call.prepare(), call.signal);
      if (breaker.state !== CircuitState.Closed)
        call.onDelay?.({ error: last ?? paused(), retryAt: pausedUntil });
      const trialOver = await passGate(call.signal);
      try {
        const value = await attempt(call);
        if (value === outdated) continue;
        stop = null;
        return value;
      } catch (error) {
        // Refused by the breaker is no attempt: the window stays pending until the provider may be asked again.
        if (error instanceof BrokenCircuitError) continue;
        if (!(error instanceof UpstreamError)) throw error;
        last = error;
        if (error.action === 'reauthenticate' && call.reauthenticate !== undefined && !reauthenticated) {
          reauthenticated = true;
          call.reauthenticate();
          continue;
        }
        if (error.action === 'reauthenticate' || error.action === 'stopAccount') throw stopped(error);
        if (error.action === 'slowDown' && slowDowns < policy.maxSlowDowns) {
          slowDowns += 1;
          const forMs =
            error.retryAfterMs ?? Math.max(call.pace.minIntervalMs, policy.baseMs * 2 ** slowDowns);
          pacer.slowDown(call.pace, forMs);
          call.onDelay?.({ error, retryAt: clock.now() + forMs });
          continue;
        }
        failures += 1;
        if (error.action !== 'retry' || failures >= call.maxAttempts) throw error;
        trialOver?.();
        await pause(call, error, error.retryAfterMs ?? backoffMs(policy, failures));
      } finally {
        trialOver?.();
      }
    }
  }

  function stopped(error: UpstreamError): UpstreamError {
    const forMs = Math.min(policy.longestStopMs, stop === null ? policy.stopMs : stop.forMs * 2);
    const refusal = new UpstreamError(error.message, {
      action: 'stopAccount',
      upstreamCode: error.upstreamCode ?? undefined,
      retryAfterMs: forMs,
      cause: error,
    });
    stop = { error: refusal, until: clock.now() + forMs, forMs };
    return refusal;
  }

  const paused = () =>
    new UpstreamError(`${account}: paused after ${policy.breakAfter} failures in a row`, {
      action: 'retry',
      upstreamCode: 'PAUSED',
    });

  return { call };
}
