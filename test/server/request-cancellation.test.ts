import { describe, expect, test } from 'vitest';
import type { RequestContext } from '../../src/graph/context.ts';
import { deferred, type Options, post, start } from './harness.ts';

/** A gateway whose `slow` never answers, and the signal each of its requests was given. */
async function slowly(settings: Options['settings'] = {}) {
  const begun = deferred<void>();
  const signals: AbortSignal[] = [];
  const running = await start({
    settings,
    makeContext(viewer, left) {
      if (left !== undefined) signals.push(left);
      return { viewer, notices: [] } as Pick<RequestContext, 'viewer' | 'notices'> as RequestContext;
    },
    resolvers: {
      slow() {
        begun.resolve();
        return new Promise(() => {});
      },
    },
  });
  return { running, begun: begun.promise, signals };
}

describe('request cancellation', () => {
  test('tells what works for a request that its client has left', async () => {
    const { running, begun, signals } = await slowly({ drainTimeout: '0s' });
    const leaving = new AbortController();
    const asked = fetch(`${running.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query: '{ slow }' }),
      signal: leaving.signal,
    });
    await begun;
    expect(signals.map(({ aborted }) => aborted)).toEqual([false]);
    leaving.abort();
    await expect(asked).rejects.toThrow();
    await expect.poll(() => signals[0]?.aborted).toBe(true);
    expect(signals[0]?.reason).toMatchObject({ code: 'UNAVAILABLE', message: 'whoever asked has left' });
  });

  test('ends the waiting with server.queryTimeout as well', async () => {
    const { running, signals } = await slowly({ queryTimeout: '20ms' });
    expect((await post(running, '{ slow }')).status).toBe(503);
    expect(signals[0]?.reason).toMatchObject({ message: 'the answer took too long' });
  });

  test('leaves the signal of what was answered alone', async () => {
    const { running, signals } = await slowly();
    expect((await post(running, '{ who }')).status).toBe(200);
    expect(signals.map(({ aborted }) => aborted)).toEqual([false]);
  });
});
