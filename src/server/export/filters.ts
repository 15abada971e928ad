import { filtersOf, type KindFilter } from '../../graph/selection/filter-fields.ts';
import type { Players } from '../../graph/viewer.ts';
import { vocabularies } from '../../records/field.ts';
import type { Scalar, Where } from '../../records/query.ts';
import type { RecordKind } from '../../records/record.ts';
import { type Parameters, readAmount, readChoices, readFlag, readIntegers, readList } from './parameters.ts';

/** The graph's filters of a kind, as query parameters, without those every kind has. */
export function filterNames(kind: RecordKind): readonly string[] {
  return filtersOf(kind).map(({ name }) => name);
}

/** The condition that a kind's filter parameters make; null where none is given. */
export function readFilters(kind: RecordKind, parameters: Parameters, players: Players): Where | null {
  const of = filtersOf(kind).flatMap((filter): Where[] => {
    const values = readValues(filter, parameters);
    if (values === null) return [];
    const { field, spec, bound } = filter;
    if (bound !== undefined) return [{ op: bound, column: field, value: values[0]! }];
    const stored = spec.sealed === true ? values.map((value) => players.unsealed(`${value}`)) : values;
    return [{ op: 'in', column: field, values: stored }];
  });
  return of.length === 0 ? null : { op: 'and', of };
}

function readValues({ name, spec }: KindFilter, parameters: Parameters): readonly Scalar[] | null {
  if (spec.of !== undefined) return readChoices(parameters, name, vocabularies[spec.of]);
  if (spec.type === 'int') return readIntegers(parameters, name);
  if (spec.type === 'decimal') return readAmount(parameters, name);
  if (spec.type !== 'bool') return readList(parameters, name);
  const value = readFlag(parameters, name);
  return value === null ? null : [value];
}
