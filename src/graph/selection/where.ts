import type { Scalar, Where } from '../../records/query.ts';
import { checkList } from './checks.ts';

/** `column` is one of the filter's values; null where the filter leaves it out. */
export function oneOf(
  field: string,
  column: string,
  values: readonly Scalar[] | null | undefined,
): Where | null {
  const checked = checkList(field, values);
  return checked === null ? null : { op: 'in', column, values: checked };
}

/** All of the conditions that are there; null where none is. */
export function allOf(...conditions: readonly (Where | null)[]): Where | null {
  const of = conditions.filter((condition) => condition !== null);
  return of.length === 0 ? null : { op: 'and', of };
}
