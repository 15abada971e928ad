import { ArchiveError } from '../errors.ts';
import type { RecordKind, RecordOf } from '../records/record.ts';
import type { Commit } from './archive.ts';
import { digestOf } from './digest.ts';
import type { StandingRow, Version } from './merge.ts';

/** A row computed anew from its raw record, and the key it is archived under. */
export interface Remapped<K extends RecordKind = RecordKind> {
  readonly key: string;
  readonly record: RecordOf[K];
}

/** Rows of one feed that are to be replaced by what they are now. */
export interface Remapping<K extends RecordKind = RecordKind> extends Pick<Commit, 'account' | 'provider'> {
  readonly kind: K;
  readonly rows: readonly Remapped<K>[];
}

export interface RemapPlan<K extends RecordKind, Id> {
  readonly insert: readonly Version<K>[];
  readonly replace: readonly StandingRow<Id>[];
  /** The keys of what is inserted. */
  readonly written: readonly string[];
  /** The keys that no row stands under any more. */
  readonly left: readonly string[];
}

/** As a commit that reads nothing, with the keys that have to be looked up. */
export function asCommit({ account, provider, kind, rows }: Remapping, readAt: number): Commit {
  return {
    ...{ account, provider, kind, readAt, interval: null, quarantined: [] },
    rows: rows.map(({ key, record }) => ({ ...record, formerKey: record.key === key ? null : key })),
  };
}

/**
 * Which standing rows are replaced by which versions. A row that is withdrawn, or gone meanwhile, is left as it is. A row
 * whose key is another answers to its old one as well. Throws an ArchiveError where two rows would be one.
 */
export function planRemap<K extends RecordKind, Id>(
  { account, kind, rows }: Remapping<K>,
  standing: readonly StandingRow<Id>[],
): RemapPlan<K, Id> {
  const byKey = new Map(standing.map((row) => [row.key, row]));
  const taken = new Set<string>();
  const insert: Version<K>[] = [];
  const replace: StandingRow<Id>[] = [];
  for (const { key, record } of rows) {
    const own = byKey.get(key);
    if (own === undefined || own.withdrawnAt !== null) continue;
    const isMoved = record.key !== key;
    if (taken.has(record.key) || (isMoved && byKey.has(record.key))) {
      throw new ArchiveError(
        `${account}: rows ${key} and another would both be ${record.key} with these options`,
      );
    }
    taken.add(record.key);
    replace.push(own);
    insert.push({
      record,
      formerKey: isMoved ? key : own.formerKey,
      digest: digestOf(kind, record),
      vanishedAt: own.vanishedAt,
      firstArchivedAt: own.firstArchivedAt,
      change: null,
    });
  }
  const written = insert.map(({ record }) => record.key);
  const left = replace.map(({ key }) => key).filter((key) => !taken.has(key));
  return { insert, replace, written, left };
}
