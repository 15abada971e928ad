import type { FieldSpec } from './field.ts';
import { kinds } from './kinds/kinds.ts';
import type { TimeAxis } from './query.ts';
import type { RecordKind } from './record.ts';

/** The field by which a range on this axis selects rows of the kind; kinds of one time have no choice. */
export function axisField(kind: RecordKind, axis: TimeAxis): string {
  const fields = Object.entries<FieldSpec>(kinds[kind].fields);
  const found = fields.find(([, spec]) => spec.axis === axis || spec.axis === 'ONLY');
  if (found === undefined)
    throw new TypeError(`${kinds[kind].name}: expected a field that is its axis ${axis}`);
  return found[0];
}
