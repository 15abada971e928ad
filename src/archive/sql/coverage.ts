import type { ReadPart } from '../../records/coverage.ts';
import type { Interval } from '../../records/interval.ts';
import type { RecordKind } from '../../records/record.ts';
import type { FeedAge, FeedKey, HeldSpan } from '../archive.ts';
import type { FeedParts } from '../held-ledger.ts';
import { createBinder, type Dialect, type Statement } from './dialect.ts';
import { type Cells, rowsOf } from './records.ts';

/**
 * The ledger's parts within a range, cut to it, each divided into what is final, held and open (`statesOf` in
 * `records/coverage.ts` says the same of one part), touching parts of one state as one: gaps and islands over every
 * feed at once. Null where no feed is asked. The ledger holds times as integer milliseconds.
 */
export function coverageStatement(
  dialect: Dialect,
  feeds: readonly FeedAge[],
  range: Interval,
): Statement | null {
  if (feeds.length === 0) return null;
  const binder = createBinder(dialect);
  const ages = feeds.map((feed) => {
    const [account, kind] = [binder.bind('text', feed.account), binder.bind('text', feed.kind)];
    return `(${account}, ${kind}, ${integer(feed.settlementLag)}, ${integer(feed.finalAfter)})`;
  });
  const [from, to] = [integer(range.from), integer(range.to)];
  const text = `
    WITH ages (account, kind, settlement_lag, final_after) AS (VALUES ${ages.join(', ')}),
    reads AS (
      SELECT i.account, i.kind, from_at, to_at, read_at, provider_at, quarantined,
        coalesce(provider_at, read_at) - final_after AS final_to,
        coalesce(provider_at, read_at) - settlement_lag AS held_to
      FROM intervals AS i JOIN ages AS a ON i.account = a.account AND i.kind = a.kind
      WHERE from_at < ${to} AND to_at > ${from} AND ${from} < ${to}),
    states AS (
      SELECT account, kind, read_at, provider_at, quarantined, state,
        CASE WHEN quarantined > 0 OR state = 'final' THEN from_at WHEN state = 'held' THEN greatest(from_at, final_to)
          ELSE greatest(from_at, held_to) END AS state_from,
        CASE WHEN quarantined > 0 OR state = 'open' THEN to_at WHEN state = 'held' THEN least(to_at, held_to)
          ELSE least(to_at, final_to) END AS state_to
      FROM reads CROSS JOIN (VALUES ('final'), ('held'), ('open')) AS s (state)
      WHERE quarantined = 0
        OR state = CASE WHEN to_at > held_to THEN 'open' WHEN to_at > final_to THEN 'held' ELSE 'final' END),
    parts AS (
      SELECT account, kind, read_at, provider_at, quarantined, state,
        greatest(state_from, ${from}) AS part_from, least(state_to, ${to}) AS part_to
      FROM states WHERE state_from < state_to AND state_from < ${to} AND state_to > ${from}),
    edges AS (
      SELECT *, CASE WHEN quarantined = 0 AND lag(quarantined) OVER feed = 0
        AND lag(part_to) OVER feed = part_from AND lag(state) OVER feed = state THEN 0 ELSE 1 END AS edge
      FROM parts WINDOW feed AS (PARTITION BY account, kind ORDER BY part_from)),
    islands AS (
      SELECT *, sum(edge) OVER (PARTITION BY account, kind ORDER BY part_from) AS island FROM edges)
    SELECT account, kind, ${double('min(part_from)')}, ${double('max(part_to)')}, min(state),
      ${double('min(read_at)')}, ${double('min(coalesce(provider_at, read_at))')}, ${double('sum(quarantined)')}
    FROM islands GROUP BY account, kind, island ORDER BY account, kind, min(part_from)`;
  return { text, values: binder.values };
}

/** The spans of a coverage statement's answer. */
export function toSpans(cells: Cells): HeldSpan[] {
  const [accounts = [], kinds = [], froms = [], tos = [], states = [], reads = [], providers = []] = cells;
  const quarantined = cells[7] ?? [];
  return accounts.map((account, row) => ({
    account: String(account),
    kind: kinds[row] as RecordKind,
    from: Number(froms[row]),
    to: Number(tos[row]),
    state: states[row] as HeldSpan['state'],
    readAt: Number(reads[row]),
    providerAt: Number(providers[row]),
    quarantined: Number(quarantined[row]),
  }));
}

function integer(value: number): string {
  return `CAST(${Math.trunc(value)} AS BIGINT)`;
}

function double(expression: string): string {
  return `CAST(${expression} AS DOUBLE PRECISION)`;
}

/** The parts of feeds' ledgers that end after an instant: account, kind, ends, times of the read, quarantined. */
export function partsStatement(dialect: Dialect, feeds: readonly FeedKey[], from: number): Statement {
  const binder = createBinder(dialect);
  const wanted = feeds.map(
    ({ account, kind }) => `(${binder.bind('text', account)}, ${binder.bind('text', kind)})`,
  );
  const numbers = ['from_at', 'to_at', 'read_at', 'provider_at', 'quarantined'].map((name) =>
    double(`i.${name}`),
  );
  const text = `
    SELECT i.account, i.kind, ${numbers.join(', ')}
    FROM intervals AS i JOIN (VALUES ${wanted.join(', ')}) AS wanted (account, kind)
      ON i.account = wanted.account AND i.kind = wanted.kind
    WHERE i.to_at > ${integer(from)} ORDER BY i.account, i.kind, i.from_at`;
  return { text, values: binder.values };
}

/** What a parts statement answers, by feed. */
export function toFeedParts(cells: Cells): FeedParts[] {
  const feeds: (FeedKey & { readonly parts: ReadPart[] })[] = [];
  for (const [account, kind, from, to, readAt, providerAt, quarantined] of rowsOf(cells)) {
    let last = feeds.at(-1);
    if (last === undefined || last.account !== account || last.kind !== kind) {
      last = { account: String(account), kind: kind as RecordKind, parts: [] };
      feeds.push(last);
    }
    last.parts.push({
      from: Number(from),
      to: Number(to),
      readAt: Number(readAt),
      providerAt: providerAt == null ? null : Number(providerAt),
      quarantined: Number(quarantined),
    });
  }
  return feeds;
}
