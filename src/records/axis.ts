import type { FieldSpec, FieldsWith } from './field.ts';
import type { Interval } from './interval.ts';
import { type Kinds, kinds } from './kinds/kinds.ts';
import type { TimeAxis } from './query.ts';
import type { RecordKind, RecordOf } from './record.ts';

/** A field that is a time axis of its kind. */
export type AxisField = {
  [K in RecordKind]: FieldsWith<Kinds[K]['fields'], { readonly axis: string }>;
}[RecordKind];

/** The field by which a range on this axis selects rows of the kind; kinds of one time have no choice. */
export function axisField(kind: RecordKind, axis: TimeAxis): AxisField {
  const fields = Object.entries<FieldSpec>(kinds[kind].fields);
  const found = fields.find(([, spec]) => spec.axis === axis || spec.axis === 'ONLY');
  if (found === undefined)
    throw new TypeError(`${kinds[kind].name}: expected a field that is its axis ${axis}`);
  // It was found by what the type asks for.
  return found[0] as AxisField;
}

const countedBy: Readonly<Record<RecordKind, AxisField>> = {
  BET: axisField('BET', 'SETTLED'),
  TRANSFER: axisField('TRANSFER', 'SETTLED'),
  SEQ_NO_FAILURE: axisField('SEQ_NO_FAILURE', 'SETTLED'),
};

/** The time by which ranges select a record where no other is named; that of its feed while the field is null. */
export function countedAtOf(kind: RecordKind, record: RecordOf[RecordKind]): number {
  const fields: Partial<Readonly<Record<AxisField, number | null>>> = record;
  return fields[countedBy[kind]] ?? record.axisAt;
}

/** A feed as far as it decides where rows lie that a range selects. */
export interface AskedBy {
  readonly kind: RecordKind;
  /** The time by which the provider is asked. */
  readonly axis: AxisField;
  readonly limits: { readonly settlesWithin: number };
}

/**
 * The part of a feed's own time in which all rows lie that a range on this axis selects: the range itself where the feed
 * is asked by the time it names. A bet is settled at most `settlesWithin` after it was placed.
 */
export function reachOn(
  { kind, axis, limits }: AskedBy,
  selectedBy: TimeAxis,
  { from, to }: Interval,
): Interval {
  const field = axisField(kind, selectedBy);
  if (field === axis) return { from, to };
  if (field === 'placedAt') return { from, to: to + limits.settlesWithin };
  return { from: from - limits.settlesWithin, to };
}
