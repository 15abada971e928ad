import type { Interval } from './interval.ts';

/**
 * What becomes of an archived row that its provider no longer lists. Rows move
 * standing → CONTRADICTED → WITHDRAWN → RESTORED, or back to standing when a read lists them again.
 */
export interface Doubt {
  readonly key: string;
  /** The row's time on the feed's axis. */
  readonly axisAt: number;
  readonly state: 'CONTRADICTED' | 'WITHDRAWN' | 'RESTORED';
  /** The provider's time of the last read that listed the row, as far as the ledger tells. */
  readonly listedAt: number;
  /** The provider's time of the first read that did not. */
  readonly missedAt: number;
  /** When that read left, by this machine's clock. */
  readonly missedReadAt: number;
  /** How often it came back after it had been withdrawn. */
  readonly restorations: number;
  /** Whether only a reread that an admin asked for may withdraw it. */
  readonly awaitsAdmin: boolean;
}

/** What a read may say of rows it does not list; times in milliseconds. */
export interface Doubting {
  /** Where it may contradict: within its interval, well inside the provider's retention, past an edge it may leave out. */
  readonly within: Interval;
  readonly settlementLag: number;
  readonly confirmAfter: number;
  /** The length of the instants at which the feed's windows meet, see `edges.ts`. @default null */
  readonly edgeMs?: number | null;
  /** Whether an admin asked for this read to decide. */
  readonly byAdmin: boolean;
}

/** A row that stands in the archive where a read looked. */
export interface LookedAt {
  readonly key: string;
  readonly axisAt: number;
}

export interface Evidence {
  readonly doubting: Doubting;
  readonly readAt: number;
  /** The provider's time of the read. */
  readonly providerAt: number;
  /** Rows that stood before this read and are in it. */
  readonly listed: readonly LookedAt[];
  /** Rows that stand where this is the latest read, are not withdrawn, and are not in it. */
  readonly unlisted: readonly LookedAt[];
  /** What was doubted before of any of these rows, by key. */
  readonly doubts: ReadonlyMap<string, Doubt>;
  /** The provider's time of the read that held a row's instant before this one. */
  readonly listedAtOf: (row: LookedAt) => number;
  /** Whether the feed holds every instant of a span, this read included. */
  readonly holds: (span: Interval) => boolean;
  /** Whether another read proves that the provider still shows rows as old as these. */
  readonly isProvenByNeighbour: boolean;
}

export interface Verdicts {
  /** Doubts that begin or change. */
  readonly doubts: readonly Doubt[];
  /** Keys whose doubts are over. */
  readonly cleared: readonly string[];
  /** Keys of rows to be withdrawn, and of rows to stand again. */
  readonly withdraw: readonly string[];
  readonly restore: readonly string[];
}

const LONGEST_CONFIRM_MS = 86_400_000;
const MOST_RESTORATIONS = 3;
const FEWEST_OF_MANY = 10;

/** How long after it was first missed a row must be missed again: doubled by every restoration, a day at most. */
export function confirmAfterOf(doubt: Pick<Doubt, 'restorations'>, confirmAfter: number): number {
  return Math.min(confirmAfter * 2 ** doubt.restorations, Math.max(confirmAfter, LONGEST_CONFIRM_MS));
}

/**
 * Decides what a whole read says of the rows it lists and of those it does not. It contradicts nothing unless it
 * proves that it could see: an empty answer, or one that lists strangers alone, says nothing of what stood before.
 */
export function judge(evidence: Evidence): Verdicts {
  const { doubting, readAt, providerAt, listed, doubts, listedAtOf, holds } = evidence;
  const changed: Doubt[] = [];
  const cleared: string[] = [];
  const withdraw: string[] = [];
  const restore: string[] = [];

  for (const { key, axisAt } of listed) {
    const doubt = doubts.get(key);
    if (doubt === undefined || doubt.missedReadAt >= readAt || doubt.state === 'RESTORED') continue;
    if (doubt.state === 'WITHDRAWN') {
      restore.push(key);
      changed.push({ ...doubt, axisAt, state: 'RESTORED', restorations: doubt.restorations + 1 });
    } else if (doubt.restorations > 0) {
      changed.push({ ...doubt, axisAt, state: 'RESTORED', awaitsAdmin: false });
    } else {
      cleared.push(key);
    }
  }

  const couldSee = listed.length > 0 || evidence.isProvenByNeighbour;
  const { from, to } = doubting.within;
  const missed = couldSee ? evidence.unlisted.filter(({ axisAt }) => axisAt >= from && axisAt < to) : [];
  const isNew = ({ key }: LookedAt) => doubts.get(key)?.state !== 'CONTRADICTED';
  const fresh = missed.filter(isNew).length;
  const isMass = fresh >= FEWEST_OF_MANY && fresh > (listed.length + missed.length) / 2;
  for (const row of missed) {
    const doubt = doubts.get(row.key);
    if (doubt?.state === 'CONTRADICTED') {
      const isConfirmed =
        readAt - doubt.missedReadAt >= confirmAfterOf(doubt, doubting.confirmAfter) &&
        (doubting.byAdmin || !doubt.awaitsAdmin) &&
        // It may have moved to any time since it was last listed.
        holds({ from: doubt.listedAt - doubting.settlementLag, to: doubt.missedAt });
      if (!isConfirmed) continue;
      withdraw.push(row.key);
      changed.push({ ...doubt, state: 'WITHDRAWN', awaitsAdmin: false });
    } else {
      const restorations = doubt?.restorations ?? 0;
      changed.push({
        ...row,
        state: 'CONTRADICTED',
        listedAt: Math.min(listedAtOf(row), providerAt),
        missedAt: providerAt,
        missedReadAt: readAt,
        restorations,
        awaitsAdmin: isMass || restorations >= MOST_RESTORATIONS,
      });
    }
  }
  return { doubts: changed, cleared, withdraw, restore };
}
