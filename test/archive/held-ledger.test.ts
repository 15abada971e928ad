import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { FeedAge, FeedKey } from '../../src/archive/archive.ts';
import { createHeldLedger, type FeedParts } from '../../src/archive/held-ledger.ts';
import { type LedgerPart, layOver } from '../../src/archive/ledger.ts';

const age = (account: string, settlementLag = 5): FeedAge => ({
  account,
  kind: 'BET',
  settlementLag,
  finalAfter: 40,
});

/** A ledger that counts its loads and may be held up. */
function createStore() {
  const parts = new Map<string, readonly LedgerPart[]>();
  const store = {
    loads: [] as string[][],
    hold: Promise.resolve(),
    read(account: string, fresh: Pick<LedgerPart, 'from' | 'to' | 'readAt'> & { quarantined?: number }) {
      const standing = parts.get(account) ?? [];
      const { remove, add } = layOver(standing, { rows: 1, checksum: null, quarantined: 0, ...fresh });
      const left = standing.filter((part) => !remove.includes(part));
      parts.set(
        account,
        [...left, ...add].sort((a, b) => a.from - b.from),
      );
    },
    async load(feeds: readonly FeedKey[], from: number): Promise<FeedParts[]> {
      store.loads.push(feeds.map(({ account }) => account));
      const found = feeds.map((feed) => ({
        ...feed,
        parts: (parts.get(feed.account) ?? []).filter((part) => part.to > from),
      }));
      await store.hold;
      return found;
    },
  };
  return store;
}

const reads = fc.array(
  fc.record({
    account: fc.constantFrom('a', 'b'),
    from: fc.integer({ min: 0, max: 60 }),
    length: fc.integer({ min: 1, max: 20 }),
    readAt: fc.integer({ min: 0, max: 120 }),
    quarantined: fc.constantFrom(0, 0, 0, 2),
    asked: fc.tuple(fc.integer({ min: 0, max: 80 }), fc.integer({ min: 0, max: 80 })),
  }),
  { minLength: 1, maxLength: 25 },
);

describe('the ledger in memory', () => {
  it('says after every read, of every range, what a fresh one says', async () => {
    await fc.assert(
      fc.asyncProperty(reads, fc.constantFrom(2, 1_000), async (all, most) => {
        const store = createStore();
        const held = createHeldLedger({ load: store.load, most });
        for (const { account, from, length, asked, ...read } of all) {
          store.read(account, { from, to: from + length, ...read });
          held.forget({ account, kind: 'BET' });
          const range = { from: asked[0], to: asked[1] };
          const feeds = [age('b'), age('a', asked[0] % 9)];
          const fresh = createHeldLedger({ load: store.load });
          expect(await held.coverage(feeds, range)).toEqual(await fresh.coverage(feeds, range));
        }
      }),
      { numRuns: 60 },
    );
  });

  it('loads a feed once, until it changes or an older range is asked for', async () => {
    const store = createStore();
    const held = createHeldLedger({ load: store.load });
    store.read('a', { from: 0, to: 100, readAt: 200 });
    await held.coverage([age('a'), age('b')], { from: 10, to: 20 });
    await held.coverage([age('a')], { from: 15, to: 99 });
    held.forget({ account: 'b', kind: 'BET' });
    const spans = await held.coverage([age('b'), age('a')], { from: 10, to: 20 });
    await held.coverage([age('a')], { from: 5, to: 20 });
    held.forget(null);
    await held.coverage([age('a')], { from: 5, to: 20 });
    expect(store.loads).toEqual([['a', 'b'], ['b'], ['a'], ['a']]);
    expect(spans).toEqual([
      {
        account: 'a',
        kind: 'BET',
        from: 10,
        to: 20,
        state: 'final',
        readAt: 200,
        providerAt: 200,
        quarantined: 0,
      },
    ]);
  });

  it('tells touching reads of one state as one, by the oldest of their times', async () => {
    const store = createStore();
    const held = createHeldLedger({ load: store.load });
    store.read('a', { from: 0, to: 10, readAt: 300 });
    store.read('a', { from: 10, to: 20, readAt: 200 });
    store.read('a', { from: 20, to: 30, readAt: 250 });
    const spans = await held.coverage([age('a')], { from: 0, to: 30 });
    expect(spans).toMatchObject([{ from: 0, to: 30, readAt: 200, providerAt: 200 }]);
  });

  it('does not keep what was loaded while something changed', async () => {
    const store = createStore();
    const held = createHeldLedger({ load: store.load });
    let letGo = () => {};
    store.hold = new Promise((resolve) => {
      letGo = resolve;
    });
    const early = held.coverage([age('a')], { from: 0, to: 10 });
    store.read('a', { from: 0, to: 10, readAt: 100 });
    held.forget({ account: 'a', kind: 'BET' });
    letGo();
    expect(await early).toEqual([]);
    expect(await held.coverage([age('a')], { from: 0, to: 10 })).toHaveLength(1);
  });
});
