import type { KeptArchive } from '../archive/admin.ts';
import {
  type ClockMeasure,
  type ClockOffset,
  endOfMinute,
  hullOf,
  MEASURE_STEP_MS,
} from '../records/clock-reading.ts';
import { type ClockFall, type ProviderClock, REMEMBER_MS } from '../upstream/provider-clock.ts';
import type { Feed } from './feed.ts';

/** Keeps in the archive what answers say of providers' clocks, for the processes after this one and beside it. */
export interface ClockMemory {
  /** Takes in what was kept before this process began; to be called before anything is asked. */
  restore(): Promise<void>;
  /**
   * Resolves once all that an account's answers have said is kept and acted upon, and what other processes were told
   * lately is known here: whatever is said of a read rests on all of it. Rejects with an ArchiveError.
   */
  settled(account: string): Promise<void>;
  /** Follows the clocks no longer; what was said already is kept first. */
  stop(): Promise<void>;
}

export interface ClockMemoryOptions {
  readonly feeds: readonly Feed[];
  readonly archive: Pick<KeptArchive, 'writeClock' | 'clock' | 'reopen' | 'leases'>;
  /** The wall clock. */
  readonly now: () => number;
  /** Told when something could not be kept; it is tried again with the account's next answer. */
  readonly onError: (account: string, error: unknown) => void;
}

export function createClockMemory({ feeds, archive, now, onError }: ClockMemoryOptions): ClockMemory {
  const keepers = new Map<string, ReturnType<typeof keep>>();
  for (const { account, upstream } of feeds) {
    if (upstream === undefined || keepers.has(account.id)) continue;
    const own = feeds.filter((feed) => feed.account.id === account.id);
    const keeper = keep({ account: account.id, clock: upstream.clock, feeds: own, archive, now });
    keeper.onNews(() => keeper.settled().catch((error: unknown) => onError(account.id, error)));
    keepers.set(account.id, keeper);
  }
  return {
    async restore() {
      await Promise.all([...keepers.values()].map((keeper) => keeper.restore()));
    },
    settled: async (account) => keepers.get(account)?.settled(),
    async stop() {
      for (const [account, keeper] of keepers)
        await keeper.stop().catch((error: unknown) => onError(account, error));
    },
  };
}

interface Keeping extends Omit<ClockMemoryOptions, 'onError'> {
  readonly account: string;
  readonly clock: ProviderClock;
}

const LAST_KNOWN_MS = 7 * 86_400_000;

function keep({ account, clock, feeds, archive, now }: Keeping) {
  // What was written of the last minutes.
  const written = new Map<number, ClockOffset>();
  let toWrite = new Map<number, ClockOffset>();
  let fall: ClockFall | null = null;
  let saving: Promise<void> = Promise.resolve();
  let isQueued = false;
  let tell = () => {};
  // Where no other process shares the archive, all that is in it is known here.
  const isShared = archive.leases !== undefined;

  function measured({ leastMs, mostMs }: ClockOffset): void {
    const untilAt = endOfMinute(now());
    const known = toWrite.get(untilAt) ?? written.get(untilAt) ?? null;
    if (known !== null && known.leastMs <= leastMs && known.mostMs >= mostMs) return;
    const own = {
      leastMs: Math.floor(leastMs / MEASURE_STEP_MS) * MEASURE_STEP_MS,
      mostMs: Math.ceil(mostMs / MEASURE_STEP_MS) * MEASURE_STEP_MS,
    };
    toWrite.set(untilAt, hullOf(known, own) ?? own);
    tell();
  }

  const unsubscribe = [
    clock.onMeasure(measured),
    clock.onFall((fresh) => {
      fall = { ...fresh, fellTo: Math.min(fresh.fellTo, fall?.fellTo ?? fresh.fellTo) };
      tell();
    }),
  ];

  async function save(): Promise<void> {
    isQueued = false;
    if (fall !== null) await reopen(fall);
    if (toWrite.size > 0) await write();
    if (!isShared) return;
    const measures = await archive.clock(account, now() - REMEMBER_MS);
    // What this process said itself it knows better: by a clock that nobody sets.
    clock.recall(measures.filter((each) => !isSame(each, written.get(each.untilAt))));
  }

  async function reopen(fallen: ClockFall): Promise<void> {
    const kinds = feeds.map(({ kind }) => kind);
    await writing((measures) => archive.reopen(account, kinds, { ...fallen, now: now(), measures }));
    if (fall === fallen) fall = null;
  }

  const write = () => writing((measures) => archive.writeClock(account, measures));

  /** Has what is not written yet written; what could not be is kept for the next time. */
  async function writing(keep: (measures: readonly ClockMeasure[]) => Promise<void>): Promise<void> {
    const fresh = toWrite;
    toWrite = new Map();
    try {
      await keep([...fresh].map(toMeasure));
    } catch (error) {
      for (const [untilAt, offset] of fresh)
        toWrite.set(untilAt, hullOf(toWrite.get(untilAt) ?? null, offset) ?? offset);
      throw error;
    }
    for (const [untilAt, offset] of fresh) written.set(untilAt, offset);
    for (const untilAt of written.keys()) if (untilAt < now() - REMEMBER_MS) written.delete(untilAt);
  }

  function settled(): Promise<void> {
    if (isQueued || (!isShared && toWrite.size === 0 && fall === null)) return saving;
    isQueued = true;
    // One after another; what failed before is tried again here.
    saving = saving.then(save, save);
    return saving;
  }

  return {
    settled,
    onNews(listener: () => void) {
      tell = listener;
    },
    async restore(): Promise<void> {
      const kept = await archive.clock(account, now() - LAST_KNOWN_MS);
      clock.recall(kept);
    },
    async stop(): Promise<void> {
      for (const each of unsubscribe) each();
      await settled();
    },
  };
}

function isSame(one: ClockOffset, other: ClockOffset | undefined): boolean {
  return one.leastMs === other?.leastMs && one.mostMs === other.mostMs;
}

function toMeasure([untilAt, offset]: readonly [number, ClockOffset]): ClockMeasure {
  return { untilAt, ...offset };
}
