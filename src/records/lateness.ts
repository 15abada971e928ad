/** So many rows that were first listed at most so long after their time; milliseconds. */
export interface LateRows {
  readonly withinMs: number;
  readonly rows: number;
}

/** How late rows of a feed were first listed, the least first. */
export type LatenessHistogram = readonly LateRows[];

/** The share of rows that a proposed lag would have waited for. */
export const PROPOSED_SHARE = 0.999;
/** With fewer rows than this nobody can tell one in a thousand. */
const FEWEST_ROWS = 1_000;

const SECOND = 1_000;

/** A lateness rounded up: to whole seconds below a hundred of them, to two digits beyond. */
export function roundedUp(latenessMs: number): number {
  const seconds = Math.max(1, Math.ceil(latenessMs / SECOND));
  const unit = 10 ** Math.max(0, String(seconds).length - 2);
  return Math.ceil(seconds / unit) * unit * SECOND;
}

/** What latenesses come to, rounded up and counted. */
export function histogramOf(latenesses: readonly number[]): LatenessHistogram {
  const rows = new Map<number, number>();
  for (const lateness of latenesses) {
    const within = roundedUp(lateness);
    rows.set(within, (rows.get(within) ?? 0) + 1);
  }
  return [...rows]
    .map(([withinMs, count]) => ({ withinMs, rows: count }))
    .sort((a, b) => a.withinMs - b.withinMs);
}

export function countRows(histogram: LatenessHistogram): number {
  return histogram.reduce((sum, { rows }) => sum + rows, 0);
}

/** How many rows came later than this. */
export function rowsLaterThan(histogram: LatenessHistogram, ms: number): number {
  return countRows(histogram.filter(({ withinMs }) => withinMs > ms));
}

/** What all but one row in a thousand came within, in milliseconds; null while too few rows were seen to tell. */
export function proposedLag(histogram: LatenessHistogram): number | null {
  const total = countRows(histogram);
  if (total < FEWEST_ROWS) return null;
  const wanted = Math.ceil(total * PROPOSED_SHARE);
  let within = 0;
  for (const { withinMs, rows } of histogram) {
    within += rows;
    if (within >= wanted) return withinMs;
  }
  return null;
}
