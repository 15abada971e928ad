import { readFileSync } from 'node:fs';
import type { CallContext, FeedLimits, PageAsk } from '../../src/providers/provider.ts';
import type { Sandbox, SandboxReply } from '../../src/providers/sandbox.ts';
import { unknownClock } from '../../src/records/clock-reading.ts';
import type { Interval } from '../../src/records/interval.ts';
import type { Exchange, HttpRequest, HttpResponse } from '../../src/upstream/call.ts';
import { fixedTurn } from '../../src/upstream/turn.ts';

/** An exchange that hands each request straight to `answer`: no HTTP, no pace, no second attempt. */
export function directExchange(
  answer: (request: HttpRequest) => HttpResponse,
  clock: () => number = Date.now,
): Exchange {
  return {
    async call(call) {
      await call.prepare?.();
      const now = clock();
      return call.read(answer(call.build(unknownClock(now))));
    },
  };
}

/** The way a sandbox answers a client's request. */
export function answerOf(sandbox: Sandbox): (request: HttpRequest) => HttpResponse {
  return (request) => toResponse(sandbox.handle(request));
}

function toResponse({ status, headers = {}, body }: SandboxReply): HttpResponse {
  return { status, headers, text: body };
}

export function contextOf(limits: FeedLimits): CallContext {
  return { turn: fixedTurn('interactive'), limits };
}

export function askOf(limits: FeedLimits, interval: Interval, page = 1): PageAsk {
  return { ...contextOf(limits), interval: () => interval, page };
}

/** A fixture's text, without the line end an editor leaves. */
export function fixture(path: string): string {
  return readFileSync(new URL(`./${path}`, import.meta.url), 'utf8').trimEnd();
}
