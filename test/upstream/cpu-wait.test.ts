import { expect, it } from 'vitest';
import { createCpuWait, type Waited } from '../../src/upstream/cpu-wait.ts';

/** A thread's account that tests write, and a clock. */
function paper() {
  const account = { ms: 0, turns: 0 };
  const time = { now: 0 };
  const wait = createCpuWait(
    () => time.now,
    (): Waited => ({ ...account }),
  );
  return { account, time, wait };
}

/** Watched for so long that what is found counts. */
function watched() {
  const { account, time, wait } = paper();
  time.now = 30_000;
  return { account, time, wait };
}

it('is thought long until it was watched for half a minute', () => {
  const { time, wait } = paper();
  time.now = 29_999;
  expect(wait.isLong()).toBe(true);
  time.now = 30_000;
  expect(wait.isLong()).toBe(false);
});

it('is long once a CPU was waited for by half a millisecond a turn, and for half a minute from then', () => {
  const { account, time, wait } = watched();
  expect(wait.isLong()).toBe(false);
  account.turns = 4;
  account.ms = 1.9;
  expect(wait.isLong()).toBe(false);
  account.turns = 8;
  account.ms = 3.9;
  expect(wait.isLong()).toBe(true);
  account.turns = 1_000;
  time.now += 29_999;
  expect(wait.isLong()).toBe(true);
  time.now += 1;
  expect(wait.isLong()).toBe(false);
});

it('concludes nothing from a few turns alone, and counts them with the next', () => {
  const { account, wait } = watched();
  account.turns = 3;
  account.ms = 100;
  expect(wait.isLong()).toBe(false);
  account.turns = 4;
  expect(wait.isLong()).toBe(true);
});

it('is never long where the kernel keeps no account', () => {
  expect(
    createCpuWait(
      () => 0,
      () => null,
    ).isLong(),
  ).toBe(false);
});

it('reads what the kernel of this machine keeps, if it does', () => {
  expect(typeof createCpuWait(() => 0).isLong()).toBe('boolean');
});
