import type { KeptArchive } from '../../../src/archive/admin.ts';
import type { Archive, Lease, Leases } from '../../../src/archive/archive.ts';
import { createClaims } from '../../../src/feeds/claims.ts';
import { createDispatcher } from '../../../src/feeds/dispatch.ts';
import { createFiller } from '../../../src/feeds/filler.ts';
import { createPatience } from '../../../src/feeds/patience.ts';
import { fillRound } from '../../../src/feeds/sync.ts';
import { REVISITS, type ScriptedProvider } from './provider.ts';

/** Where a process may end without a word: before a call, after it, before a commit, after it. */
export type Moment = 'call' | 'answer' | 'commit' | 'committed';

const never = new Promise<never>(() => {});

/**
 * A gateway's filling and syncing over an archive, in a process that can end at a moment as a killed one does; `end`
 * is what then becomes of it.
 */
export function startProcess(
  provider: ScriptedProvider,
  archive: KeptArchive,
  since: number,
  end: () => void = () => {},
) {
  let dieAt: { readonly moment: Moment; readonly turn: number } | null = null;
  let turns = 0;
  let isDead = false;
  let died = () => {};
  const dead = new Promise<void>((resolve) => {
    died = resolve;
  });

  async function pass(moment: Moment): Promise<void> {
    if (isDead) return never;
    if (dieAt?.moment !== moment) return;
    turns += 1;
    if (turns < dieAt.turn) return;
    isDead = true;
    end();
    died();
    await never;
  }
  const alive = async <T>(work: () => Promise<T>): Promise<T> => {
    if (isDead) return never;
    const result = await work();
    return isDead ? never : result;
  };

  const mortal: Archive = {
    ...archive,
    async commit(commit) {
      await pass('commit');
      const result = await archive.commit(commit);
      await pass('committed');
      return result;
    },
    coverage: (feeds, range) => alive(() => archive.coverage(feeds, range)),
    leases: archive.leases && mortalLeases(archive.leases, alive),
  };
  const claims = mortal.leases === undefined ? undefined : createClaims(mortal.leases);
  const filler = createFiller({ archive: mortal, claims, now: provider.wall, monotonic: provider.monotonic });
  const dispatcher = createDispatcher({
    archive: mortal,
    filler,
    now: provider.wall,
    monotonic: provider.monotonic,
    maxRangeMs: 86_400_000,
    finalAfterMs: Math.max(...REVISITS),
  });
  const { feed } = provider;

  return {
    watch: (moment: 'call' | 'answer') => pass(moment),
    get isDead() {
      return isDead;
    },
    dieAt(moment: Moment, turn: number) {
      turns = 0;
      dieAt = { moment, turn };
    },
    /** One round of sync, as far as the process lives. */
    sync: () =>
      Promise.race([
        dead,
        fillRound(
          feed,
          {
            filler,
            ledger: (key, range) => alive(() => archive.ledger(key, range)),
            now: provider.wall,
            monotonic: provider.monotonic,
            since,
            revisits: REVISITS,
          },
          createPatience(),
          () => {},
        ),
      ]),
    ask: (range: { from: number; to: number }) =>
      Promise.race([dead, dispatcher.begin().cover({ feeds: [feed], range, maxWaitMs: 10_000 })]),
    async close() {
      if (!isDead) await filler.close(AbortSignal.timeout(1_000));
      isDead = true;
      claims?.close();
    },
  };
}
export type Process = ReturnType<typeof startProcess>;

/** Leases that nobody renews or gives back once their process has ended. */
function mortalLeases(leases: Leases, alive: <T>(work: () => Promise<T>) => Promise<T>): Leases {
  const mortal = (lease: Lease): Lease => ({
    fence: lease.fence,
    renew: () => alive(() => lease.renew()),
    release: () => alive(() => lease.release()),
  });
  return {
    ...leases,
    async acquire(feed, window) {
      const lease = await alive(() => leases.acquire(feed, window));
      return lease === null ? null : mortal(lease);
    },
  };
}
