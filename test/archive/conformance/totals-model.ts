import { sum } from '../../../src/records/decimal.ts';
import { type PeriodGrid, periodOf } from '../../../src/records/period.ts';
import { groupFields, summedFields, type TotalsQuery, type TotalsRow } from '../../../src/records/query.ts';
import type { Bet, RecordKind, RecordOf, Transfer } from '../../../src/records/record.ts';

type Model<K extends RecordKind> = (rows: readonly RecordOf[K][]) => object;

/** What a kind's rows add up to, beside what those of all kinds do. */
const own: { readonly [K in RecordKind]: Model<K> } = {
  BET: (rows) => ({
    roundCount: distinct(rows.map((row) => row.roundId)).length,
    currencies: distinct(rows.map((row) => row.currency)).sort(),
    sums: Object.fromEntries(
      summedFields('BET').map((column) => [column, add(rows.map((row: Bet) => row[column]))]),
    ),
  }),
  TRANSFER: (rows) => ({
    currencies: distinct(rows.map((row) => row.currency)).sort(),
    sums: {
      amount: add(rows.map((row) => row.amount)),
      deposits: add(amountsOf(rows, 'DEPOSIT')),
      withdrawals: add(amountsOf(rows, 'WITHDRAWAL')),
      freeCredit: add(rows.map((row) => row.freeCredit)),
    },
  }),
  SEQ_NO_FAILURE: (rows) => ({
    currencies: [],
    failedCount: rows.filter((row) => !row.succeeded).length,
    sums: {},
  }),
};

/** The totals of an account's rows over bigints, every count asked; players are usernames in small letters. */
export function expectedTotals<K extends RecordKind>(
  query: TotalsQuery & { readonly kind: K },
  account: string,
  rows: readonly RecordOf[K][],
): TotalsRow<K>[] {
  const fields: Readonly<Record<string, string>> = groupFields[query.kind];
  const groups = new Map<string, { facts: object; members: RecordOf[K][] }>();
  for (const row of rows) {
    const player = row.providerUsername.toLowerCase();
    const values: Readonly<Record<string, unknown>> = { ...row, account, provider: 'vertexplay', player };
    const placedAt = query.axis === 'PLACED' ? (values['placedAt'] as number | null) : null;
    const grouped = query.groupBy.map((dimension) => fields[dimension] ?? '');
    const facts = {
      period: periodIn(query.periods, placedAt ?? row.axisAt),
      ...Object.fromEntries(Object.values(fields).map((field) => [field, null])),
      ...Object.fromEntries(grouped.map((field) => [field, values[field]])),
    };
    const id = JSON.stringify(facts);
    const group = groups.get(id) ?? { facts, members: [] };
    groups.set(id, group);
    group.members.push(row);
  }
  return [...groups.values()].map(({ facts, members }) => {
    const players = distinct(members.map((row) => row.providerUsername.toLowerCase()));
    const counts = { count: members.length, playerCount: players.length };
    return { ...facts, ...counts, ...own[query.kind](members) } as unknown as TotalsRow<K>;
  });
}

/** Rows in one order, whatever order they came in. */
export function sortedTotals<K extends RecordKind>(rows: readonly TotalsRow<K>[]): TotalsRow<K>[] {
  const id = ({ sums: _, ...facts }: TotalsRow<K>) => JSON.stringify(Object.entries(facts).sort());
  return [...rows].sort((a, b) => (id(a) < id(b) ? -1 : 1));
}

function add(values: readonly (Transfer['amount'] | null)[]) {
  const present = values.filter((value) => value !== null);
  return present.length === 0 ? null : sum(...present);
}

function amountsOf(rows: readonly Transfer[], direction: Transfer['direction']) {
  return rows.filter((row) => row.direction === direction).map((row) => row.amount);
}

function periodIn(grid: PeriodGrid | null, at: number) {
  return grid === null ? null : periodOf(grid, at);
}

function distinct(values: readonly (string | null)[]): string[] {
  return [...new Set(values.filter((value) => value !== null))];
}
