import { type Interval, intersect, subtract } from '../records/interval.ts';

/** A part of the ledger: an interval that was really read, or what later reads left of it. */
export interface LedgerPart extends Interval {
  readonly readAt: number;
  /** What the provider's clock showed at least when the read left, in milliseconds. @default not known */
  readonly providerAt?: number;
  /** Distinct rows seen within it and their checksum; null where a later read took some of it. */
  readonly rows: number | null;
  readonly checksum: string | null;
  readonly quarantined: number;
}

export interface LedgerChange {
  /** The parts that `add` takes the place of. */
  readonly remove: readonly LedgerPart[];
  readonly add: readonly LedgerPart[];
  /** Where the fresh read is the latest one: what it says is not there is gone. */
  readonly latest: readonly Interval[];
}

/**
 * Lays a fresh read on what stands of the same feed: the later read holds every instant both cover, the fresh
 * one at equal times. Parts that lose some of their span lose their count and checksum with it.
 */
export function layOver(standing: readonly LedgerPart[], fresh: LedgerPart): LedgerChange {
  const touched = standing.filter((part) => intersect(part, fresh) !== null);
  const later = touched.filter((part) => part.readAt > fresh.readAt);
  const latest = subtract(fresh, later);
  const whole = later.length === 0;
  const covered = touched.filter((part) => latest.some((span) => intersect(part, span) !== null));
  const remove = covered.filter((part) => part.readAt <= fresh.readAt);
  const trimmed = remove.flatMap((part) => subtract(part, latest).map((span) => cut(part, span)));
  return {
    remove,
    add: [...trimmed, ...latest.map((span) => (whole ? fresh : cut(fresh, span)))],
    latest,
  };
}

function cut(part: LedgerPart, span: Interval): LedgerPart {
  return { ...part, ...span, rows: null, checksum: null };
}
