import type { KeptArchive } from '../../../src/archive/admin.ts';
import type { Lease, Leases } from '../../../src/archive/archive.ts';

/** Where a process may end without a word: before a call, after it, before a commit, after it. */
export type Moment = 'call' | 'answer' | 'commit' | 'committed';

const never = new Promise<never>(() => {});

/**
 * An archive as a process has it that can end at a moment as a killed one does: from then on nothing it waits for comes,
 * and nobody renews its leases or gives them back. `end` is what then becomes of it.
 */
export function createMortal(archive: KeptArchive, end: () => void = () => {}) {
  let dieAt: { readonly moment: Moment; readonly turn: number } | null = null;
  let turns = 0;
  let isDead = false;
  let died = () => {};
  const dead = new Promise<undefined>((resolve) => {
    died = () => resolve(undefined);
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
  const mortal: KeptArchive = {
    ...archive,
    async commit(commit) {
      await pass('commit');
      const result = await archive.commit(commit);
      await pass('committed');
      return result;
    },
    coverage: (feeds, range) => alive(() => archive.coverage(feeds, range)),
    ledger: (feed, range) => alive(() => archive.ledger(feed, range)),
    clock: (account, since) => alive(() => archive.clock(account, since)),
    writeClock: (account, measures) => alive(() => archive.writeClock(account, measures)),
    reopen: (account, kinds, reopening) => alive(() => archive.reopen(account, kinds, reopening)),
    leases: archive.leases && mortalLeases(archive.leases, alive),
  };
  return {
    archive: mortal,
    /** Tells it where it is; does not resolve where that is its end. */
    pass,
    get isDead() {
      return isDead;
    },
    dieAt(moment: Moment, turn: number) {
      turns = 0;
      dieAt = { moment, turn };
    },
    /** What the work comes to; undefined where the process ended over it. */
    whileAlive: <T>(work: Promise<T>): Promise<T | undefined> => Promise.race([dead, work]),
    /** What it waits for no longer comes. */
    bury() {
      isDead = true;
    },
  };
}

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
