import { describe, expect, test } from 'vitest';
import { createOverload } from '../../src/server/http/overload.ts';
import { ask, post, start } from './harness.ts';

describe('overload', () => {
  test('begins when the loop was late for three seconds on end, and ends when it is not', () => {
    const told: boolean[] = [];
    const overload = createOverload({ onChange: (isOverloaded) => told.push(isOverloaded) });
    const noted = (delayMs: number, now: number) => {
      overload.note(delayMs, now);
      return overload.isOverloaded();
    };
    expect([noted(600, 0), noted(600, 2_900)]).toEqual([false, false]);
    expect([noted(500, 3_000), noted(600, 3_500), noted(600, 6_400)]).toEqual([false, false, false]);
    expect([noted(501, 6_500), noted(4_000, 7_000)]).toEqual([true, true]);
    expect(noted(10, 7_500)).toBe(false);
    expect(told).toEqual([true, false]);
  });

  test('is answered 503 with Retry-After, but for health', async () => {
    let overloaded = true;
    const running = await start({ isOverloaded: () => overloaded });
    const refused = await post(running, '{ who }');
    expect([refused.status, refused.headers['retry-after'], refused.json.errors[0].extensions.code]).toEqual([
      503,
      '5',
      'OVERLOADED',
    ]);
    for (const path of ['/livez', '/readyz']) expect((await ask(running.url + path)).status).toBe(200);
    overloaded = false;
    expect((await post(running, '{ who }')).status).toBe(200);
  });
});
