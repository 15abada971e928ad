import { describe, expect, test } from 'vitest';
import { createCallBudgets } from '../../src/feeds/call-budget.ts';
import { createDetails } from '../../src/feeds/detail.ts';
import type { Feed } from '../../src/feeds/feed.ts';
import type { DetailAsk } from '../../src/providers/provider.ts';
import type { Bet } from '../../src/records/record.ts';
import { unchanged } from '../archive/conformance/sample.ts';
import { createBet } from '../graph/harness.ts';
import { NOW, paperFeed } from './paper-provider.ts';

const HOUR = 3_600_000;

function setUp(answer: (ask: DetailAsk) => Promise<Bet | null> = async () => null) {
  let passed = 0;
  const asked: string[] = [];
  const archived: string[] = [];
  const { feed: plain } = paperFeed();
  const feed: Feed = {
    ...plain,
    connection: {
      ...plain.connection,
      readDetail(ask) {
        asked.push(ask.key);
        ask.turn.served();
        return answer(ask);
      },
    },
  };
  const details = createDetails({
    archive: {
      async commit({ rows }) {
        archived.push(...rows.map(({ key }) => key));
        return { ...unchanged, inserted: 1 };
      },
    },
    filler: { newAsker: () => ({ order: 0 }) },
    now: () => NOW + passed,
    monotonic: () => passed,
  });
  const payerOf = createCallBudgets({ monotonic: () => passed });
  const read = (key: string, near = NOW - HOUR, payer = payerOf('admin', null)) =>
    details.read({ feed, key, near, payer });
  return { read, asked, archived, payerOf, pass: (ms: number) => (passed += ms) };
}

describe('a bet that is looked up', () => {
  test('and not found is not asked for again for a minute', async () => {
    const { read, asked, pass } = setUp();
    expect(await read('a')).toBe('NOT_FOUND');
    pass(59_000);
    expect(await read('a', NOW)).toBe('NOT_FOUND');
    expect(await read('b')).toBe('NOT_FOUND');
    expect(asked).toEqual(['a', 'b']);
    pass(1_000);
    await read('a');
    expect(asked).toEqual(['a', 'b', 'a']);
  });

  test('and not found is asked for again round another time', async () => {
    const { read, asked } = setUp();
    await read('a');
    await read('a', NOW - 240 * HOUR);
    expect(asked).toEqual(['a', 'a']);
  });

  test('by many at once is one call', async () => {
    const { read, asked, archived } = setUp(async ({ key }) => createBet(key, NOW - HOUR));
    expect(await Promise.all([read('a'), read('a'), read('a')])).toEqual(['FETCHED', 'FETCHED', 'FETCHED']);
    expect(asked).toEqual(['a']);
    expect(archived).toEqual(['a']);
  });

  test('is tried again after a failure', async () => {
    const { read, asked } = setUp(async () => Promise.reject(new Error('down')));
    await expect(read('a')).rejects.toThrow('down');
    await expect(read('a')).rejects.toThrow('down');
    expect(asked).toEqual(['a', 'a']);
  });

  test('is paid for, and not asked for once the budget is spent', async () => {
    const { read, asked, payerOf, pass } = setUp();
    const payer = payerOf('bi', 1);
    expect(await read('a', NOW, payer)).toBe('NOT_FOUND');
    expect(await read('b', NOW, payer)).toBe('UNPAID');
    pass(60_000);
    expect(await read('b', NOW, payer)).toBe('NOT_FOUND');
    expect(asked).toEqual(['a', 'b']);
  });
});
