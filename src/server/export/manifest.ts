import type { RequestContext } from '../../graph/context.ts';
import { spellProvider } from '../../graph/schema/provider-name.ts';
import { coverSelection, type Selection, select } from '../../graph/selection/scope.ts';
import { toGrouping } from '../../graph/totals/period.ts';
import type { FeedCoverage } from '../../records/coverage.ts';
import type { Interval } from '../../records/interval.ts';
import { labelOf, type PeriodGrid, periodOf } from '../../records/period.ts';
import { summedFields } from '../../records/query.ts';
import type { RecordKind } from '../../records/record.ts';
import { exportNames } from './names.ts';
import { readTotalsTable } from './totals-table.ts';

/** What a manifest is asked of. */
export interface ManifestAsk {
  readonly range: Interval;
  readonly timeZone: string | null;
  readonly dayStartsAt: string | null;
  readonly accounts: readonly string[] | null;
  readonly kinds: readonly RecordKind[];
}

/** One account's rows of one kind on one business day: what they add up to, and whether that may still change. */
export interface ManifestEntry {
  /** As its export is called: `bets`, `transfers`, `failures`. */
  readonly name: string;
  readonly account: string;
  readonly provider: string;
  readonly rows: number;
  /** Of the rows' content, whatever their order; it changes with any of them. */
  readonly checksum: string;
  /** Exact sums, currency by currency; amounts that no row has are null. */
  readonly sums: readonly Readonly<Record<string, string | number | null>>[];
  /** Whether all of the day was read. */
  readonly complete: boolean;
  /** Whether nothing of it changes any more. */
  readonly final: boolean;
  /** Up to where it does not change any more; null where nothing of it is final. */
  readonly finalUntil: string | null;
  readonly gaps: number;
}

/** A business day, as far as it lies in the range. */
export interface ManifestDay {
  readonly day: string;
  readonly from: string;
  readonly to: string;
  readonly rows: number;
  readonly complete: boolean;
  readonly final: boolean;
  readonly finalUntil: string | null;
  readonly parts: readonly ManifestEntry[];
}

const NO_ROWS = { rows: 0, checksum: '0'.repeat(16) };

/** The days of a range, oldest first, each with a part for every account and kind that has a feed. */
export async function readManifest(
  context: RequestContext,
  ask: ManifestAsk,
): Promise<readonly ManifestDay[]> {
  const { range, timeZone, dayStartsAt } = ask;
  const { periods } = toGrouping({ groupBy: ['DAY'], timeZone, dayStartsAt }, range);
  const grid = periods!;
  const days = daysOf(grid, range);
  const parts = await Promise.all(ask.kinds.map((kind) => readKind(context, kind, ask, { grid, days })));
  return days.map(({ label, from, to }, at) => {
    const found = parts.flatMap((byDay) => byDay[at]!);
    const finals = found.map(({ finalUntil }) => finalUntil);
    return {
      day: label,
      from: iso(from),
      to: iso(to),
      rows: found.reduce((sum, { rows }) => sum + rows, 0),
      complete: found.every(({ complete }) => complete),
      final: found.every(({ final }) => final),
      finalUntil: finals.includes(null) ? null : (finals.toSorted()[0] ?? null),
      parts: found,
    };
  });
}

interface Day extends Interval {
  readonly label: string;
}

function daysOf(grid: PeriodGrid, range: Interval): readonly Day[] {
  const days: Day[] = [];
  for (let day = periodOf(grid, range.from); day.from < range.to; day = periodOf(grid, day.to)) {
    const [from, to] = [Math.max(day.from, range.from), Math.min(day.to, range.to)];
    days.push({ label: labelOf(grid, day), from, to });
  }
  return days;
}

/** The parts of one kind, day by day. */
async function readKind(
  context: RequestContext,
  kind: RecordKind,
  { range, timeZone, dayStartsAt, accounts }: ManifestAsk,
  { grid, days }: { readonly grid: PeriodGrid; readonly days: readonly Day[] },
): Promise<readonly (readonly ManifestEntry[])[]> {
  const ask = { kind, range, axis: 'SETTLED', players: null, where: null, accounts } as const;
  const selection = await select(context, ask);
  const { query } = selection;
  const [checksums, totals, covered] = await Promise.all([
    context.deps.archive.checksums(query, grid),
    readTotalsTable(context, query, {
      ...{ timeZone, dayStartsAt, columns: new Set<string>() },
      groupBy: kind === 'SEQ_NO_FAILURE' ? ['DAY', 'ACCOUNT'] : ['DAY', 'ACCOUNT', 'CURRENCY'],
    }),
    coverDays(context, selection, days),
  ]);
  const name = Object.entries(exportNames).find((entry) => entry[1] === kind)?.[0] ?? kind;
  const fields = summedFields(kind);
  const placeOf = (account: unknown, day: unknown) => JSON.stringify([account, day]);
  const checksumOf = new Map(
    checksums.map((each) => [placeOf(each.account, labelOf(grid, each.period)), each]),
  );
  const sumsOf = new Map<string, (typeof totals)[number][]>();
  for (const row of totals) {
    const place = placeOf(row['account'], row['day']);
    sumsOf.set(place, [...(sumsOf.get(place) ?? []), row]);
  }
  return days.map(({ label }, at) =>
    selection.feeds.map(({ account: { id: account, provider } }): ManifestEntry => {
      const { rows, checksum } = checksumOf.get(placeOf(account, label)) ?? NO_ROWS;
      const sums = sumsOf.get(placeOf(account, label)) ?? [];
      const { coverage, finalUntil = null } = covered[at]!.get(account) ?? {};
      return {
        ...{ name, account, provider: spellProvider(provider), rows, checksum },
        sums:
          fields.length === 0
            ? []
            : sums.map((row) => ({
                currency: String(row['currency']),
                rows: Number(row[kind === 'BET' ? 'betCount' : 'transferCount']),
                ...Object.fromEntries(fields.map((field) => [field, textOf(row[field])])),
              })),
        complete: coverage?.complete ?? false,
        final: coverage?.final ?? false,
        finalUntil: finalUntil === null ? null : iso(finalUntil),
        gaps: coverage?.gaps.length ?? 0,
      };
    }),
  );
}

/** What was read of each day, account by account. */
function coverDays(
  context: RequestContext,
  { feeds, query }: Selection,
  days: readonly Day[],
): Promise<readonly ReadonlyMap<string, FeedCoverage>[]> {
  return Promise.all(
    days.map(async ({ from, to }) => {
      const day = { feeds, query: { ...query, range: { from, to } } };
      const covered = await coverSelection(context, day, null);
      return new Map(covered.feeds.map((each) => [each.account, each]));
    }),
  );
}

function textOf(amount: unknown): string | null {
  return amount === null || amount === undefined ? null : String(amount);
}

function iso(at: number): string {
  return new Date(at).toISOString();
}
