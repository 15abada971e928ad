import { type Interval, intersect } from '../records/interval.ts';
import { histogramOf } from '../records/lateness.ts';
import type { RecordKind, RecordOf } from '../records/record.ts';
import type { Commit, CommitResult } from './archive.ts';
import { checksumOf, digestOf } from './digest.ts';
import type { LedgerPart } from './ledger.ts';

/** What the archive holds under one key, as far as a merge must know; `id` is the engine's own handle of the row. */
export interface StandingRow<Id> {
  readonly id: Id;
  readonly key: string;
  readonly formerKey: string | null;
  readonly countedAt: number;
  readonly axisAt: number;
  readonly versionAt: number | null;
  readonly readAt: number;
  readonly vanishedAt: number | null;
  readonly firstArchivedAt: number;
  readonly withdrawnAt: number | null;
  readonly digest: bigint;
}

/** A version of a record to be written, with what the archive knows beside it. */
export interface Version<K extends RecordKind> {
  readonly record: RecordOf[K];
  readonly formerKey: string | null;
  readonly digest: bigint;
  readonly vanishedAt: number | null;
  /** When the row's first version was archived; null where this is the first. */
  readonly firstArchivedAt: number | null;
  /** What made it, where that is not told by its times. */
  readonly change: 'RESTORED' | 'SUPERSEDED' | null;
}

export interface MergePlan<K extends RecordKind, Id> {
  readonly insert: readonly Version<K>[];
  /** Rows that a version of this read replaces: they leave for the history. */
  readonly replace: readonly StandingRow<Id>[];
  /** Rows marked as vanished that this read lists again: the mark is taken away. */
  readonly revive: readonly StandingRow<Id>[];
  /** Rows that this later read found unchanged where no interval of the ledger says so: it is noted on them. */
  readonly touch: readonly StandingRow<Id>[];
  /** Rows that stay and adopt a former key: a row under that key would now be the same record. */
  readonly adopt: readonly { readonly row: StandingRow<Id>; readonly formerKey: string }[];
  /** Versions that a later one had superseded before they were written: for the history alone. */
  readonly superseded: readonly Version<K>[];
  /** Every distinct row of the read, whether it was applied or not. */
  readonly seen: readonly Version<K>[];
  /** Rows of the read that stood before it. */
  readonly listed: readonly StandingRow<Id>[];
  readonly counts: Omit<CommitResult, 'vanished' | keyof Decided>;
}

/** What becomes of rows that are in doubt: decided once the read lies in the ledger. */
type Decided = Pick<CommitResult, 'contradicted' | 'withdrawn' | 'restored'>;

/** What a merge must look up: standing rows whose key is one of `keys`, and those whose former key is one of `formerKeys`. */
export function keysToLookUp<K extends RecordKind>(
  rows: readonly RecordOf[K][],
): { readonly keys: readonly string[]; readonly formerKeys: readonly string[] } {
  const keys = new Set<string>();
  const formerKeys = new Set<string>();
  for (const row of rows) {
    keys.add(row.key);
    if (row.formerKey === null) formerKeys.add(row.key);
    else keys.add(row.formerKey);
  }
  return { keys: [...keys], formerKeys: [...formerKeys] };
}

/**
 * Decides what a read changes: the later version stands, at an equal or absent version the later read; the same
 * content changes nothing; a key once replaced by another never stands again. `parts` are the feed's ledger parts
 * that were read after this commit or touch its interval: a row that a later one covers and did not list is written
 * as vanished, a new one that an earlier one covers has come late.
 */
export function planMerge<K extends RecordKind, Id>(
  commit: Commit<K>,
  standing: readonly StandingRow<Id>[],
  parts: readonly LedgerPart[],
): MergePlan<K, Id> {
  const later = parts.filter((part) => part.readAt > commit.readAt);
  const { interval } = commit;
  const earlier =
    interval === null
      ? []
      : parts.flatMap((part) => {
          const cut = part.readAt < commit.readAt ? intersect(part, interval) : null;
          return cut === null ? [] : [{ ...part, ...cut }];
        });
  const { newest, superseded, duplicates } = newestOf(commit);
  const byKey = new Map(standing.map((row) => [row.key, row]));
  const replaced = new Map(standing.flatMap((row) => (row.formerKey === null ? [] : [[row.formerKey, row]])));
  const insert: Version<K>[] = [];
  const replace = new Map<string, StandingRow<Id>>();
  const revive: StandingRow<Id>[] = [];
  const touch: StandingRow<Id>[] = [];
  const adopt: { row: StandingRow<Id>; formerKey: string }[] = [];
  const latenesses: number[] = [];
  let [inserted, changed, moved, late] = [0, 0, 0, 0];
  const firstOf = (key: string) => (byKey.get(key) ?? replaced.get(key))?.firstArchivedAt ?? null;

  for (const version of newest) {
    const { record } = version;
    const successor = replaced.get(record.key);
    if (successor !== undefined && successor.key !== record.key && version.formerKey === null) {
      superseded.push(version);
      continue;
    }
    const own = byKey.get(record.key);
    const former = replaceable(version, byKey);
    if (former !== undefined) replace.set(former.key, former);
    if (
      own !== undefined &&
      (own.digest === version.digest || !supersedes(commit.readAt, version, asLastListed(own, later)))
    ) {
      if (own.digest !== version.digest) superseded.push(version);
      if (own.formerKey === null && version.formerKey !== null) {
        adopt.push({ row: own, formerKey: version.formerKey });
      }
      if (own.vanishedAt !== null && commit.readAt > own.vanishedAt) revive.push(own);
      const isInLedger = interval !== null && covers(interval, own.axisAt);
      if (own.digest === version.digest && commit.readAt > own.readAt && !isInLedger) touch.push(own);
      continue;
    }
    const before = own ?? former;
    if (own !== undefined) replace.set(own.key, own);
    if (before === undefined) inserted += 1;
    else changed += 1;
    if (before === undefined) {
      const looked = earlier.find((part) => covers(part, record.axisAt));
      if (looked !== undefined) late += 1;
      const lateness = latenessOf(commit, record.axisAt, looked);
      if (lateness !== null) latenesses.push(lateness);
    }
    if (before !== undefined && before.axisAt !== record.axisAt) moved += 1;
    insert.push({
      ...version,
      formerKey: version.formerKey ?? own?.formerKey ?? null,
      vanishedAt: later.find((part) => covers(part, record.axisAt))?.readAt ?? null,
      firstArchivedAt: before?.firstArchivedAt ?? null,
      change: before !== undefined && before.withdrawnAt !== null ? 'RESTORED' : null,
    });
  }
  return {
    insert,
    replace: [...replace.values()],
    revive,
    touch,
    adopt,
    superseded: distinct(superseded).map((version) => ({
      ...version,
      firstArchivedAt: firstOf(version.record.key),
      change: 'SUPERSEDED',
    })),
    seen: newest,
    listed: newest.flatMap(({ record }) => byKey.get(record.key) ?? []),
    counts: {
      ...{ inserted, changed, moved, late, duplicates },
      ...(latenesses.length > 0 && { lateness: histogramOf(latenesses) }),
    },
  };
}

/**
 * How long after its time a new row was first listed, at the most: by the provider's clock where it is known. Null where
 * that cannot be told: a row whose time was not looked at before may have been listed long ago, unless it is so young that
 * the read was made live; one whose time was looked at by a read with rows set aside may have been among these.
 */
function latenessOf(
  { interval, liveWithin, readAt, providerAt }: Commit,
  axisAt: number,
  looked: LedgerPart | undefined,
): number | null {
  if (liveWithin === undefined || interval === null || !covers(interval, axisAt)) return null;
  const lateness = Math.max(0, (providerAt ?? readAt) - axisAt);
  if (looked !== undefined) return looked.quarantined > 0 ? null : lateness;
  return lateness <= liveWithin ? lateness : null;
}

/** The row archived under a version's former key, unless it turned out to have an id of its own. */
function replaceable<K extends RecordKind, Id>(
  { formerKey }: Version<K>,
  byKey: ReadonlyMap<string, StandingRow<Id>>,
): StandingRow<Id> | undefined {
  const former = formerKey === null ? undefined : byKey.get(formerKey);
  return former?.formerKey === null ? former : undefined;
}

/** The ledger's part for a read of `interval`: the distinct rows it has there and their checksum. */
export function freshPart<K extends RecordKind>(
  commit: Commit<K>,
  interval: Interval,
  seen: readonly Version<K>[],
  quarantined: number,
): LedgerPart {
  const { from, to } = interval;
  const within = seen.filter(({ record }) => record.axisAt >= from && record.axisAt < to);
  const checksum = checksumOf(within.map((version) => version.digest));
  const { readAt, providerAt } = commit;
  return { from, to, readAt, providerAt, rows: within.length, checksum, quarantined };
}

/** One version a key: the later of those in the batch, and none whose key another row of the batch replaces. */
function newestOf<K extends RecordKind>(commit: Commit<K>) {
  const byKey = new Map<string, Version<K>>();
  const superseded: Version<K>[] = [];
  for (const record of commit.rows) {
    const version: Version<K> = {
      record,
      formerKey: record.formerKey,
      digest: digestOf(commit.kind, record),
      vanishedAt: null,
      firstArchivedAt: null,
      change: null,
    };
    const rival = byKey.get(record.key);
    const wins = rival === undefined || isAtLeast(record.versionAt, rival.record.versionAt);
    const loser = wins ? rival : version;
    if (loser !== undefined && rival?.digest !== version.digest) superseded.push(loser);
    if (wins) {
      byKey.set(record.key, { ...version, formerKey: version.formerKey ?? rival?.formerKey ?? null });
    } else if (rival !== undefined && rival.formerKey === null) {
      byKey.set(record.key, { ...rival, formerKey: version.formerKey });
    }
  }
  for (const version of [...byKey.values()]) {
    const former = version.formerKey === null ? undefined : byKey.get(version.formerKey);
    // One that has an id of its own shares no more than the former key.
    if (former === undefined || former.formerKey !== null) continue;
    superseded.push(former);
    byKey.delete(former.record.key);
  }
  const newest = [...byKey.values()];
  return { newest, superseded, duplicates: commit.rows.length - newest.length };
}

function isAtLeast(mine: number | null, other: number | null): boolean {
  return mine === null || other === null || mine >= other;
}

function supersedes<K extends RecordKind, Id>(
  readAt: number,
  version: Version<K>,
  standing: StandingRow<Id>,
): boolean {
  const [mine, other] = [version.record.versionAt, standing.versionAt];
  return mine !== null && other !== null && mine !== other ? mine > other : readAt >= standing.readAt;
}

/**
 * A row with the time of the last read that listed it as it stands. Of one without a provider's time the ledger tells:
 * later reads of its instant did, or they would have replaced it or marked it as vanished. One with such a time may have
 * been listed in an older version, which changes nothing.
 */
function asLastListed<Id>(row: StandingRow<Id>, later: readonly LedgerPart[]): StandingRow<Id> {
  if (row.vanishedAt !== null || row.versionAt !== null) return row;
  const reads = later.filter((part) => covers(part, row.axisAt)).map(({ readAt }) => readAt);
  return { ...row, readAt: Math.max(row.readAt, ...reads) };
}

function covers(part: Interval, at: number): boolean {
  return part.from <= at && at < part.to;
}

function distinct<K extends RecordKind>(versions: readonly Version<K>[]): Version<K>[] {
  return [...new Map(versions.map((each) => [`${each.record.key}\n${each.digest}`, each])).values()];
}
