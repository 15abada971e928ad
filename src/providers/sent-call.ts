import type { PaceRule } from '../records/pace.ts';
import type { Departure, Exchange, HttpRequest, HttpResponse } from '../upstream/call.ts';
import type { CallContext } from './provider.ts';

export interface SentCall<S, T> {
  readonly operation: string;
  readonly pace: PaceRule;
  /** Makes the request when it leaves, with whatever reading its answer needs to know of it. */
  readonly send: (departure: Departure) => { readonly request: HttpRequest; readonly sent: S };
  readonly read: (response: HttpResponse, sent: S) => T | Promise<T>;
}

/** One call whose answer is read by what its last attempt really sent. */
export function callSent<S, T>(exchange: Exchange, context: CallContext, call: SentCall<S, T>): Promise<T> {
  const attempts: S[] = [];
  return exchange.call({
    operation: call.operation,
    pace: call.pace,
    turn: context.turn,
    timeoutMs: context.limits.timeout,
    maxAttempts: context.limits.maxAttempts,
    mostTimeouts: context.mostTimeouts,
    signal: context.signal,
    onDelay: context.onDelay,
    build: (departure) => {
      const { request, sent } = call.send(departure);
      attempts[0] = sent;
      return request;
    },
    read: (response) => {
      const [sent] = attempts;
      if (sent === undefined) throw new Error(`${call.operation}: read before anything was sent`);
      return call.read(response, sent);
    },
  });
}
