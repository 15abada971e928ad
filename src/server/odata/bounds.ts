import type { Interval } from '../../records/interval.ts';
import { type Expression, isCondition } from './expression.ts';

const DAY_MS = 86_400_000;

// What "no bound" means where only one side is bound: beyond every row, within every archive's types.
export const EARLIEST = 0;
export const LATEST = Date.UTC(9999, 0, 1);

export interface Bounded {
  /** Null where nothing bounds the property; empty where its bounds exclude each other. */
  readonly range: Interval | null;
  /** The filter without its bounds; null where nothing else is left. */
  readonly rest: Expression | null;
}

/** Takes the and-ed bounds on a property of type time or date out of a filter, as one half-open range. */
export function takeBounds(expression: Expression | null, property: string): Bounded {
  let range: Interval | null = null;
  const rest: Expression[] = [];
  for (const part of expression === null ? [] : conjuncts(expression)) {
    const bound = boundOf(part, property);
    if (bound === null) rest.push(part);
    else range = narrow(range, bound);
  }
  return { range, rest: rest.length === 0 ? null : rest.length === 1 ? rest[0]! : { op: 'and', of: rest } };
}

/** The conditions that must all hold, and-ed parts taken apart. */
export function conjuncts(expression: Expression): readonly Expression[] {
  return expression.op === 'and' ? expression.of.flatMap(conjuncts) : [expression];
}

function boundOf(part: Expression, property: string): Interval | null {
  if (!isCondition(part)) return null;
  if (part.op === 'ne' || part.op === 'in' || part.op === 'startswith' || part.property.name !== property)
    return null;
  if (part.value === null) return null;
  const isDay = part.property.type === 'date';
  const at = isDay ? Date.parse(`${part.value}T00:00:00Z`) : Number(part.value);
  // The first instant after the value itself: a day has a length, an instant a millisecond.
  const after = at + (isDay ? DAY_MS : 1);
  if (part.op === 'eq') return { from: at, to: after };
  if (part.op === 'ge') return { from: at, to: LATEST };
  if (part.op === 'gt') return { from: after, to: LATEST };
  return { from: EARLIEST, to: part.op === 'lt' ? at : after };
}

function narrow(range: Interval | null, bound: Interval): Interval {
  if (range === null) return bound;
  return { from: Math.max(range.from, bound.from), to: Math.min(range.to, bound.to) };
}
