import { getEventListeners } from 'node:events';
import { describe, expect, test } from 'vitest';
import { createPatience } from '../../src/feeds/patience.ts';

const never = new Promise<never>(() => {});

describe('patience', () => {
  test('ends when all have settled, well or not, when the time is up, or when the gateway stops', async () => {
    const stopping = new AbortController();
    const patience = createPatience(stopping.signal);
    await patience.settle([Promise.resolve(), Promise.reject(new Error('settled too'))], 60_000);
    await patience.settle([never], 5);
    await patience.settle([never], 0);
    const waiting = [patience.settle([never], 60_000), patience.settle([never]), patience.rest(60_000)];
    stopping.abort();
    await Promise.all(waiting);
    await patience.rest(60_000);
  });

  test('ends when who waits has left, and leaves nothing with the signal that says so', async () => {
    const left = new AbortController();
    const patience = createPatience();
    await patience.settle([Promise.resolve()], 60_000, left.signal);
    expect(getEventListeners(left.signal, 'abort')).toHaveLength(0);
    const waiting = patience.settle([never], 60_000, left.signal);
    left.abort();
    await waiting;
    await patience.settle([never], 60_000, left.signal);
  });

  test('leaves nothing with a signal that lives as long as the process, however many come, go and wait', async () => {
    const stopping = new AbortController();
    const patience = createPatience(stopping.signal);
    const waiting = Array.from({ length: 500 }, () => patience.settle([never], 60_000));
    for (let count = 0; count < 500; count += 1) await patience.settle([Promise.resolve()], 60_000);
    expect(getEventListeners(stopping.signal, 'abort')).toHaveLength(1);
    const dependants = Object.getOwnPropertySymbols(stopping.signal).filter((name) =>
      /depend/i.test(String(name)),
    );
    for (const name of dependants) expect(Reflect.get(stopping.signal, name)).toHaveProperty('size', 0);
    stopping.abort();
    await Promise.all(waiting);
  });
});
