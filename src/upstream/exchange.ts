import type { Span } from '@opentelemetry/api';
import { UpstreamError } from '../errors.ts';
import { abandonable } from './abandon.ts';
import { createAccountBreaker } from './account-breaker.ts';
import { type AttemptReport, createReporter, type Recovery, type Tried } from './attempt-report.ts';
import type { Outage, Passage } from './breaker.ts';
import type { Call, Departure, Exchange } from './call.ts';
import { type CallCounts, type CallsOfDay, createCallMeter } from './call-meter.ts';
import type { Clock } from './clock.ts';
import { isPaused, pausedError } from './halt.ts';
import type { Http } from './http.ts';
import { isOverdue } from './overdue.ts';
import type { Pacer, Slot } from './pace.ts';
import { createProviderClock, type ProviderClock } from './provider-clock.ts';
import { backoffMs, defaultRetryPolicy, type RetryPolicy } from './retry.ts';
import { SpanKind, traced } from './traced.ts';

export interface ExchangeOptions {
  readonly account: string;
  readonly http: Http;
  readonly pacer: Pacer;
  readonly clock: Clock;
  readonly policy?: RetryPolicy;
  readonly onAttempt?: (report: AttemptReport) => void;
  readonly onRecovered?: (recovery: Recovery) => void;
}

/** One account's way out, and what is known of its other end. */
export interface AccountExchange extends Exchange {
  readonly providerClock: ProviderClock;
  /** Why calls under a pace key are held back at present; null while they go freely. */
  outage(paceKey: string): Outage | null;
  /** Told when an operation answers again after an outage. Returns how to stop. */
  onRecovery(listener: () => void): () => void;
  /** No call leaves from now on: those that wait and those that come are refused. What has left is answered. */
  pause(): void;
  /** What calls are refused with while the account is paused; null while it is not. */
  paused(): UpstreamError | null;
  /** Asks again at once, after a pause and also after credentials were refused. */
  resume(): void;
  /** The calls of the last minute under a pace key. */
  callsOf(paceKey: string): CallCounts;
  /** Those of the last 24 hours. */
  callsOfDay(paceKey: string): CallsOfDay;
}

/** The call was not sent: what was prepared did not outlast the wait for a slot, or the provider is down. */
const notSent = Symbol('not sent');

/** Sent for a slot whose call is to wait with the others: no failure of anybody's. */
class HeldBack extends Error {}

/** A call is tried again: after `waitMs`, and not before `retryInMs`, since others wait as well. */
interface Again {
  readonly waitMs: number;
  readonly retryInMs: number;
}

const CLOCK_BEHIND = 'CLOCK_BEHIND';
const SKEW_TOLERANCE_MS = 1_500;

/** One account's way out: its breaker, its stop after refused credentials, and its provider's clock. */
export function createExchange(options: ExchangeOptions): AccountExchange {
  const { account, http, pacer, clock, policy = defaultRetryPolicy, onAttempt, onRecovered } = options;
  const providerClock = createProviderClock(clock);
  const breaker = createAccountBreaker(policy, clock);
  const recoveryListeners = new Set<() => void>();
  const meter = createCallMeter(clock.monotonic);
  const report = createReporter({ account, host: http.host, clock, onAttempt, onRecovered });
  let pause: UpstreamError | null = null;
  let stop: { readonly error: UpstreamError; readonly until: number; readonly forMs: number } | null = null;

  function noteAnswer(paceKey: string): void {
    if (breaker.answered(paceKey)) for (const listener of recoveryListeners) listener();
  }

  function refuseWhenStopped(): void {
    if (pause !== null) throw pause;
    if (stop !== null && clock.monotonic() < stop.until) throw stop.error;
  }

  function departure(operation: string): Departure & { readonly leftAt: number } {
    const leftAt = clock.monotonic();
    const reading = providerClock.read();
    // An answer without a date is no reason to believe more than was known when its request left.
    const untold = Math.min(reading.now, reading.providerNow);
    return { ...reading, operation, leftAt, providerAt: () => providerClock.at(leftAt) ?? untold };
  }

  async function attempt<T>(call: Call<T>, tried: Tried): Promise<T | typeof notSent> {
    const { key } = call.pace;
    let passage: Passage | null = null;
    const isHeldBack = () => passage?.isTrial !== true && breaker.outage(key) !== null;
    const open = async () => {
      refuseWhenStopped();
      if (passage === null || isHeldBack()) passage = breaker.enter(key);
      if (passage === null) throw new HeldBack();
      tried.startedAt = clock.monotonic();
      await http.open();
    };
    let slot: Slot | null = null;
    try {
      const names = { 'countroom.account': account, 'countroom.operation': call.operation };
      slot = await traced('pace', names, () =>
        pacer.slot({ rule: call.pace, turn: call.turn, open, signal: call.signal }),
      );
      refuseWhenStopped();
      if (isHeldBack() || call.isPrepared?.() === false) return notSent;
      const mine = slot;
      return await traced('call', names, (span) => sendOnce(call, mine, tried, span), SpanKind.CLIENT);
    } catch (error) {
      if (error instanceof HeldBack) return notSent;
      // A connection that cannot be opened is a failure of the provider like any other.
      if (slot === null && error instanceof UpstreamError && error.action === 'retry')
        breaker.failed(key, error);
      throw error;
    } finally {
      slot?.unused();
      slot?.done();
      (passage as Passage | null)?.leave();
    }
  }

  async function sendOnce<T>(call: Call<T>, slot: Slot, tried: Tried, span: Span): Promise<T> {
    const left = departure(call.operation);
    const request = call.build(left);
    tried.path = request.path.split('?', 1)[0] ?? '';
    tried.startedAt = clock.monotonic();
    let answeredAt: number | null = null;
    try {
      const response = await http.send(request, {
        timeoutMs: call.timeoutMs,
        signal: call.signal,
        onWritten() {
          meter.called(call.pace.key);
          slot.written();
        },
        onAnswered: () => {
          answeredAt = clock.monotonic();
          slot.answered();
        },
      });
      tried.status = response.status;
      span.setAttribute('http.response.status_code', response.status);
      providerClock.note(response.headers['date'], {
        leftAt: left.leftAt,
        answeredAt: answeredAt ?? clock.monotonic(),
      });
      const value = await call.read(response);
      noteAnswer(call.pace.key);
      return value;
    } catch (error) {
      if (!(error instanceof UpstreamError)) throw error;
      if (error.action === 'slowDown') meter.refused(call.pace.key);
      if (error.action === 'retry') breaker.failed(call.pace.key, error);
      else noteAnswer(call.pace.key);
      throw askedTooFar(error, left) ?? error;
    }
  }

  /** What is refused for reaching into the provider's future is asked again, now that its clock is known. */
  function askedTooFar(error: UpstreamError, left: Departure): UpstreamError | null {
    const behindMs = left.providerNow - (left.providerAt?.() ?? left.providerNow);
    if (error.action !== 'refuseInput' || behindMs <= SKEW_TOLERANCE_MS) return null;
    const message = `${account}: expected the provider's clock, got one ${behindMs} ms earlier than thought`;
    return new UpstreamError(message, { action: 'retry', upstreamCode: CLOCK_BEHIND, cause: error });
  }

  async function call<T>(call: Call<T>): Promise<T> {
    let attempts = 0;
    const decide = createDecision(call);
    for (;;) {
      call.signal?.throwIfAborted();
      refuseWhenStopped();
      if (call.prepare !== undefined) await abandonable(call.prepare(), call.signal);
      await breaker.ready(call.pace.key, call.signal, ({ error, retryInMs }) =>
        call.onDelay?.({ error, waitMs: retryInMs }),
      );
      const begun = clock.monotonic();
      const tried: Tried = {
        number: attempts + 1,
        path: '',
        status: null,
        waitingFrom: begun,
        startedAt: begun,
      };
      let waitMs = 0;
      try {
        const value = await attempt(call, tried);
        if (value === notSent) continue;
        stop = null;
        report(call, tried, null);
        return value;
      } catch (error) {
        if (!(error instanceof UpstreamError) || error === stop?.error || isPaused(error)) throw error;
        attempts += 1;
        const next = decide(error);
        const isOver = next instanceof UpstreamError;
        report(call, tried, { error, retryInMs: isOver ? null : next.retryInMs });
        if (isOver) throw next;
        waitMs = next.waitMs;
      }
      await clock.until(clock.monotonic() + waitMs, call.signal);
    }
  }

  /** Decides after each failure of a call whether it is tried again, or with which error it ends. */
  function createDecision<T>(call: Call<T>): (error: UpstreamError) => Again | UpstreamError {
    let failures = 0;
    let slowDowns = 0;
    let timeouts = 0;
    let reauthenticated = false;
    return (error) => {
      if (error.action === 'reauthenticate' && call.reauthenticate !== undefined && !reauthenticated) {
        reauthenticated = true;
        call.reauthenticate();
        return { waitMs: 0, retryInMs: 0 };
      }
      if (error.action === 'reauthenticate' || error.action === 'stopAccount') {
        meter.turnedAway(call.pace.key);
        return stopped(error);
      }
      if (error.action === 'slowDown' && slowDowns < policy.maxSlowDowns) {
        slowDowns += 1;
        const forMs = error.retryAfterMs ?? Math.max(call.pace.minIntervalMs, policy.baseMs * 2 ** slowDowns);
        pacer.slowDown(call.pace, forMs);
        call.onDelay?.({ error, waitMs: forMs });
        // The pacer is what waits.
        return { waitMs: 0, retryInMs: forMs };
      }
      failures += 1;
      if (isOverdue(error)) timeouts += 1;
      const mostTimeouts = call.mostTimeouts ?? call.maxAttempts;
      if (error.action !== 'retry' || failures >= call.maxAttempts || timeouts >= mostTimeouts) return error;
      const waitMs = error.retryAfterMs ?? backoffMs(policy, failures);
      const retryInMs = Math.max(waitMs, breaker.outage(call.pace.key)?.retryInMs ?? 0);
      call.onDelay?.({ error, waitMs: retryInMs });
      return { waitMs, retryInMs };
    };
  }

  function stopped(error: UpstreamError): UpstreamError {
    const forMs = Math.min(policy.longestStopMs, stop === null ? policy.stopMs : stop.forMs * 2);
    const refusal = new UpstreamError(error.message, {
      action: 'stopAccount',
      upstreamCode: error.upstreamCode ?? undefined,
      retryAfterMs: forMs,
      cause: error,
    });
    stop = { error: refusal, until: clock.monotonic() + forMs, forMs };
    return refusal;
  }

  return {
    call,
    providerClock,
    outage: breaker.outage,
    onRecovery(listener) {
      recoveryListeners.add(listener);
      return () => recoveryListeners.delete(listener);
    },
    pause() {
      pause ??= pausedError(account);
    },
    paused: () => pause,
    callsOf: meter.lastMinute,
    callsOfDay: meter.lastDay,
    resume() {
      pause = null;
      stop = null;
      breaker.reset();
      for (const listener of recoveryListeners) listener();
    },
  };
}
