import { expect, test } from 'vitest';
import type { Order, Orders } from '../../src/archive/archive.ts';
import { createSteering } from '../../src/feeds/steering.ts';

/** Processes that hear each other's orders, and what became of their accounts. */
function processes(count: number) {
  const listeners: ((order: Order) => void)[] = [];
  return Array.from({ length: count }, (_, own) => {
    const done: string[] = [];
    const orders: Orders = {
      async tell(order) {
        for (const [index, listener] of listeners.entries()) if (index !== own) listener(order);
      },
      onOrder: (listener) => void listeners.push(listener),
    };
    const accounts = ['one-main', 'vp-main'].map((id) => ({
      account: { id, provider: 'vertexplay' as const, currency: null },
      pause: () => done.push(`pause ${id}`),
      resume: () => done.push(`resume ${id}`),
    }));
    return { done, steering: createSteering(() => accounts, orders) };
  });
}

test('an account is paused and resumed in every process, once in each, and no other is', async () => {
  const [here, there] = processes(2);
  await here!.steering.pause('vp-main');
  await there!.steering.resume('vp-main');
  expect(here!.done).toEqual(['pause vp-main', 'resume vp-main']);
  expect(there!.done).toEqual(here!.done);
});
