import { expect, test } from 'vitest';
import { createTrickle } from '../../src/upstream/trickle.ts';

const nextTurn = () => new Promise((resolve) => setImmediate(resolve));

test('many who ask at once go on a few a turn of the event loop, in their order', async () => {
  const trickle = createTrickle(3);
  const gone: number[] = [];
  const counts: number[] = [];
  const all = Promise.all(Array.from({ length: 10 }, (_, index) => trickle().then(() => gone.push(index))));
  await Promise.resolve();
  await Promise.resolve();
  while (gone.length < 10) {
    counts.push(gone.length);
    await nextTurn();
  }
  await all;
  expect(gone).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  expect(counts[0]).toBe(3);
  for (const [index, count] of counts.entries())
    expect(count - (counts[index - 1] ?? 3)).toBeLessThanOrEqual(3);
});

test('who comes while others wait goes behind them, and alone nobody waits', async () => {
  const trickle = createTrickle(1);
  const gone: string[] = [];
  const go = (name: string) => trickle().then(() => gone.push(name));
  void go('first');
  await Promise.resolve();
  expect(gone).toEqual(['first']);
  const rest = [go('second'), go('third')];
  await nextTurn();
  await Promise.all([...rest, go('last')]);
  expect(gone).toEqual(['first', 'second', 'third', 'last']);
});
