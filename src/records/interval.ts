/** A half-open span of time `[from, to)`, in milliseconds since the epoch, UTC. */
export interface Interval {
  readonly from: number;
  readonly to: number;
}

/** Whether nothing lies between the ends. */
export function isEmpty(interval: Interval): boolean {
  return interval.from >= interval.to;
}

/** The part both have in common, or null where they share no instant. */
export function intersect(a: Interval, b: Interval): Interval | null {
  const from = Math.max(a.from, b.from);
  const to = Math.min(a.to, b.to);
  return from < to ? { from, to } : null;
}

/** Sorted, disjoint, never touching: the smallest list of intervals that covers the same instants. */
export function union(intervals: readonly Interval[]): Interval[] {
  const sorted = intervals.filter((each) => !isEmpty(each)).sort((a, b) => a.from - b.from);
  const merged: { from: number; to: number }[] = [];
  for (const next of sorted) {
    const last = merged.at(-1);
    if (last !== undefined && next.from <= last.to) last.to = Math.max(last.to, next.to);
    else merged.push({ from: next.from, to: next.to });
  }
  return merged;
}

/** What is left of `range` once every one of `taken` is cut out: sorted and disjoint. */
export function subtract(range: Interval, taken: readonly Interval[]): Interval[] {
  const left: Interval[] = [];
  let from = range.from;
  for (const cut of union(taken)) {
    if (cut.to <= from) continue;
    if (cut.from >= range.to) break;
    if (cut.from > from) left.push({ from, to: cut.from });
    from = cut.to;
  }
  if (from < range.to) left.push({ from, to: range.to });
  return left;
}

/** Milliseconds covered; overlapping parts count once. */
export function lengthOf(intervals: readonly Interval[]): number {
  return union(intervals).reduce((total, each) => total + (each.to - each.from), 0);
}
