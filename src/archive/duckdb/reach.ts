import { createHash } from 'node:crypto';
import type { Interval } from '../../records/interval.ts';
import type { PageQuery } from '../../records/query.ts';
import type { StoredRecord } from '../archive.ts';

/** What pages of the same rows have shown of how far a page reaches from its edge. */
export interface Reach {
  /** Parts of a page's range that may hold all of its rows, to be tried in their order before all of it. */
  likely(query: PageQuery): readonly Interval[];
  /** Takes note of a page: of these rows. */
  note(query: PageQuery, rows: readonly StoredRecord[]): void;
}

// Twice as far as the last page reached: rows do not come evenly.
const AMPLE = 2;
const FAR = 64;
const KEPT = 2_000;
const LONGEST_NAME = 200;

/**
 * Remembers for the conditions of pages how much time a row took. A range of a month is read for a page that lies in its last
 * minutes: with a range of minutes DuckDB looks at few rows of one row group, where it would look at all of several.
 */
export function createReach(): Reach {
  const perRow = new Map<string, number>();

  function spans(query: PageQuery, { from, to }: Interval): number[] {
    const known = perRow.get(nameOf(query));
    const near = known === undefined ? null : known * query.limit * AMPLE;
    // By the time they count by, all of a range costs a few times what a part does. By the other every row would be looked at.
    if (query.axis === 'SETTLED') return near === null ? [] : [near];
    const whole = to - from;
    return near === null ? [whole / FAR ** 2, whole / FAR] : [near, near * FAR];
  }

  return {
    likely(query) {
      const { range } = query;
      if (range === null || query.limit === 0) return [];
      const edge = edgeOf(query, range);
      return spans(query, range)
        .map((span) => Math.ceil(span) + 1)
        .map((far) =>
          query.end === 'first'
            ? { from: Math.max(range.from, edge - far), to: range.to }
            : { from: range.from, to: Math.min(range.to, edge + far) },
        )
        .filter(({ from, to }) => from > range.from || to < range.to);
    },
    note(query, rows) {
      const furthest = query.end === 'first' ? rows.at(-1) : rows[0];
      // A page that is not full says only that there are no more.
      if (query.range === null || furthest === undefined || rows.length < query.limit) return;
      if (perRow.size >= KEPT) perRow.clear();
      const reached = Math.abs(edgeOf(query, query.range) - timeOf(query, furthest));
      perRow.set(nameOf(query), reached / query.limit);
    },
  };
}

/** The time that a page begins at. */
function edgeOf({ end, after, before }: PageQuery, { from, to }: Interval): number {
  return end === 'first' ? (after?.at ?? to) : (before?.at ?? from);
}

/** The time by which a page has a row in its place. */
function timeOf({ axis }: PageQuery, row: StoredRecord): number {
  return (axis === 'PLACED' && 'placedAt' in row ? row.placedAt : null) ?? row.countedAt;
}

/** What rows a page may have, and whether it begins at a place among them. */
function nameOf({ kind, axis, accounts, players, where, withdrawn, end, after, before }: PageQuery): string {
  const place = end === 'first' ? after : before;
  const name = JSON.stringify([kind, axis, accounts, players, where, withdrawn, end, place !== null]);
  // A filter may list hundreds of values, and thousands of filters are kept.
  return name.length <= LONGEST_NAME ? name : createHash('sha256').update(name).digest('base64');
}
