import fc from 'fast-check';
import { afterEach, describe, expect, test } from 'vitest';
import type { FeedKey, Lease, Leases } from '../../src/archive/archive.ts';
import { type Claim, type Claims, createClaims } from '../../src/feeds/claims.ts';
import { leaseFeed } from '../../src/feeds/leases.ts';
import type { Interval } from '../../src/records/interval.ts';
import { fixedTurn } from '../../src/upstream/turn.ts';
import { paperFeed } from './paper-provider.ts';

const { feed } = paperFeed();
const key: FeedKey = { account: feed.account.id, kind: feed.kind };
const window = { from: 0, to: 600_000 };
const LONG_MS = 3_600_000;

const opened: Claims[] = [];
afterEach(() => {
  for (const claims of opened.splice(0)) claims.close();
});

/** Leases that another process holds while `held` says so; news of them is given by hand. */
function setUp({ ttlMs = LONG_MS, renew = async () => true } = {}) {
  let released: (feed: FeedKey, from: number | null) => void = () => {};
  let committed: (feed: FeedKey, interval: Interval) => void = () => {};
  const state = { held: true, asked: 0, renewed: 0, given: 0, beforeAnswer: async () => {} };
  const leases: Leases = {
    ttlMs,
    async acquire(): Promise<Lease | null> {
      state.asked += 1;
      const wasHeld = state.held;
      await state.beforeAnswer();
      if (wasHeld) return null;
      return {
        fence: { ...key, from: window.from, token: 1 },
        renew() {
          state.renewed += 1;
          return renew();
        },
        async release() {
          state.given += 1;
        },
      };
    },
    onCommitted(listener) {
      committed = listener;
      return () => {};
    },
    unreadable: () => 0,
    onReleased(listener) {
      released = listener;
      return () => {};
    },
  };
  const claims = createClaims(leases);
  opened.push(claims);
  const claim = (signal = new AbortController().signal) => {
    const turn = fixedTurn('interactive');
    return claims.claim({ feed, window, turn, signal, isWanted: async () => true });
  };
  return {
    state,
    claims,
    leases,
    claim,
    release: () => released(key, window.from),
    commit: () => committed(key, window),
  };
}

const rest = () => new Promise((resolve) => setImmediate(resolve));

describe('a claim on a window that another process holds', () => {
  test('is taken whenever it is given back, also between the refusal and its arrival', async () => {
    const moment = fc.constantFrom('before the answer', 'after the answer');
    const news = fc.constantFrom('released', 'committed');
    await fc.assert(
      fc.asyncProperty(moment, news, async (when, what) => {
        const claiming = setUp();
        const tell = () => {
          claiming.state.held = false;
          if (what === 'released') claiming.release();
          else claiming.commit();
        };
        if (when === 'before the answer') {
          claiming.state.beforeAnswer = async () => {
            if (claiming.state.held) tell();
          };
        }
        const claimed = claiming.claim();
        await rest();
        if (when === 'after the answer') tell();
        const claim = await claimed;
        expect(claim).not.toBeNull();
        expect(claiming.state.asked).toBe(2);
        await claim?.release();
      }),
      { numRuns: 8 },
    );
  });

  test('is not asked for again without news while its lease lasts', async () => {
    const { state, claim } = setUp();
    const leave = new AbortController();
    const claimed = claim(leave.signal);
    await rest();
    await rest();
    expect(state.asked).toBe(1);
    leave.abort(new Error('nobody waits'));
    await expect(claimed).rejects.toThrow('nobody waits');
  });

  test('is tried again after the lease’s time though no news comes: its holder may have died', async () => {
    const { state, claim } = setUp({ ttlMs: 20 });
    const claimed = claim();
    await rest();
    state.held = false;
    const taken = await claimed;
    expect(taken).not.toBeNull();
    await taken?.release();
  });
});

describe('a lease that is kept', () => {
  test('tells when another process took the window over', async () => {
    const { state, claim } = setUp({ ttlMs: 15, renew: async () => false });
    state.held = false;
    const taken = await claim();
    await expect.poll(() => taken?.lost.aborted).toBe(true);
    await taken?.release();
  });

  test('is not given up for an archive that cannot be reached for a moment', async () => {
    const { state, claim } = setUp({ ttlMs: 15, renew: () => Promise.reject(new Error('gone')) });
    state.held = false;
    const taken = await claim();
    await expect.poll(() => state.renewed).toBeGreaterThan(2);
    expect(taken?.lost.aborted).toBe(false);
    await taken?.release();
  });

  test('of a feed’s upkeep is renewed while it lasts, and no longer', async () => {
    const { state, leases } = setUp({ ttlMs: 15 });
    expect(await leaseFeed(leases, feed)).toBeNull();
    state.held = false;
    const giveBack = await leaseFeed(leases, feed);
    await expect.poll(() => state.renewed).toBeGreaterThan(2);
    await giveBack?.();
    const renewed = state.renewed;
    await new Promise((resolve) => setImmediate(resolve));
    expect([state.renewed, state.given]).toEqual([renewed, 1]);
  });
});

describe('the claims of one process', () => {
  test('are a few ahead of its slots, and as many in flight as the provider’s pace lets begin', async () => {
    const claiming = setUp();
    claiming.state.held = false;
    const turn = fixedTurn('background');
    const { signal } = new AbortController();
    const given: Claim[] = [];
    for (let index = 0; index < 10; index += 1) {
      const ask = { feed, window: { from: index, to: index + 1 }, turn, signal, isWanted: async () => true };
      void claiming.claims.claim(ask).then((claim) => claim !== null && given.push(claim));
    }
    await rest();
    expect(given).toHaveLength(3);
    for (const claim of given.slice(0, 3)) claim.began();
    await rest();
    expect(given).toHaveLength(6);
    // Its place was taken when it began.
    await given[0]?.release();
    await rest();
    expect(given).toHaveLength(6);
    await given[3]?.release();
    await rest();
    expect(given).toHaveLength(7);
  });
});
