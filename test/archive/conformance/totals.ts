import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { KeptArchive } from '../../../src/archive/admin.ts';
import { decimal, fromUnits, sum } from '../../../src/records/decimal.ts';
import { createPeriodGrid, labelOf, type PeriodGrid, periodOf } from '../../../src/records/period.ts';
import { summedColumns, type TotalsQuery, type TotalsRow } from '../../../src/records/query.ts';
import type { Bet } from '../../../src/records/record.ts';
import { all, bet, read } from './sample.ts';
import type { Store, Subject } from './store.ts';

const fields = {
  PROVIDER: 'provider',
  ACCOUNT: 'account',
  CURRENCY: 'currency',
  GAME: 'gameCode',
  GAME_TYPE: 'gameType',
  BET_TYPE: 'betType',
  PLAYER: 'player',
  STATUS: 'status',
  OUTCOME: 'outcome',
} as const;
type Field = (typeof fields)[keyof typeof fields];

// The clocks of New York go back at 2026-11-01T06:00Z.
const fallBack = Date.UTC(2026, 10, 1, 6);
const hour = 3_600_000;

export function describeTotals(subject: Subject): void {
  describe(`${subject.name}: totals`, () => {
    let store: Store;
    let archive: KeptArchive;
    beforeAll(async () => {
      store = await subject.createStore();
      archive = await store.open({ playerOf: (_, username) => username.toLowerCase() });
    });
    afterAll(async () => {
      await archive.close();
      await store.drop();
    });

    const plain = { groupBy: [], periods: null, countPlayers: false, countRounds: false } as const;

    it('adds up exactly at the largest scale, and nulls to null', async () => {
      const stakes = ['0.1', '0.20', '99999999999999999999.999999999999999999', '-0.1'];
      const rows = stakes.map((stake, index) => bet(`k${index}`, index, { stake: decimal(stake) }));
      await archive.commit(read('exact', { rows }));
      const [row] = await archive.totals({ ...all('BET', ['exact']), ...plain });
      expect(row?.sums.stake).toBe('100000000000000000000.199999999999999999');
      expect(row?.sums.netWin).toBe('-40.00');
      expect(row?.sums.refund).toBeNull();
      expect(row).toMatchObject({
        count: 4,
        playerCount: null,
        roundCount: null,
        currencies: ['THB'],
        period: null,
      });
    });

    it('adds up beyond what one amount can be', async () => {
      const rows = Array.from({ length: 40 }, (_, index) =>
        bet(`k${index}`, index, { stake: decimal('99999999999999999999.999999999999999999') }),
      );
      await archive.commit(read('beyond', { rows }));
      const [row] = await archive.totals({ ...all('BET', ['beyond']), ...plain });
      expect(row?.sums.stake).toBe('3999999999999999999999.999999999999999960');
    });

    it('has no row for nothing, and names what it cannot group by', async () => {
      expect(await archive.totals({ ...all('BET', ['nobody']), ...plain })).toEqual([]);
      expect(await archive.totals({ ...all('BET', ['nobody']), ...plain, groupBy: ['CURRENCY'] })).toEqual(
        [],
      );
      const failures = { ...all('SEQ_NO_FAILURE', ['x']), ...plain, groupBy: ['CURRENCY'] } as const;
      await expect(archive.totals(failures)).rejects.toMatchObject({ code: 'BAD_USER_INPUT' });
    });

    it('keeps the hour that comes twice as two', async () => {
      const rows = [fallBack - hour + 1, fallBack + 1, fallBack + hour].map((at) => bet(String(at), at));
      await archive.commit(read('hours', { rows }));
      const range = { from: fallBack - hour, to: fallBack + 2 * hour };
      const periods = createPeriodGrid('HOUR', 'America/New_York', range);
      const totals = await archive.totals({ ...all('BET', ['hours']), ...plain, periods });
      expect(totals.map((row) => [row.period && labelOf(periods, row.period), row.count])).toEqual([
        ['2026-11-01T01:00-04:00', 1],
        ['2026-11-01T01:00-05:00', 1],
        ['2026-11-01T02:00-05:00', 1],
      ]);
    });

    it('agrees with sums over bigints, by any dimensions and periods', async () => {
      let run = 0;
      const amounts = fc
        .tuple(fc.bigInt({ min: -(10n ** 30n), max: 10n ** 30n }), fc.nat(18))
        .map(([units, scale]) => fromUnits(units % 10n ** BigInt(20 + scale), scale));
      const rows = fc.array(
        fc.record({
          axisAt: fc.integer({ min: fallBack - 100 * hour, max: fallBack + 100 * hour }),
          placedAt: fc.option(fc.integer({ min: fallBack - 200 * hour, max: fallBack + 100 * hour })),
          stake: amounts,
          refund: fc.option(amounts),
          currency: fc.constantFrom('THB', 'USD', 'eur'),
          gameType: fc.option(fc.constantFrom('slot', 'live')),
          roundId: fc.option(fc.constantFrom('r1', 'r2')),
          providerUsername: fc.constantFrom('Ann', 'ann', 'bob'),
          outcome: fc.constantFrom('WIN', 'LOSE'),
        }),
        { maxLength: 20 },
      );
      const grouping = fc.record({
        groupBy: fc.subarray(Object.keys(fields) as (keyof typeof fields)[]),
        unit: fc.option(fc.constantFrom('HOUR', 'DAY', 'WEEK', 'MONTH')),
        zone: fc.constantFrom('UTC', 'America/New_York', 'Australia/Lord_Howe', 'Asia/Kolkata'),
        dayStartsAtMs: fc.constantFrom(0, 1.5 * hour, 6 * hour),
        axis: fc.constantFrom('SETTLED', 'PLACED'),
      });
      await fc.assert(
        fc.asyncProperty(rows, grouping, async (list, { groupBy, unit, zone, dayStartsAtMs, axis }) => {
          run += 1;
          const account = `sums-${run}`;
          const bets = list.map((over, index) => bet(`k${index}`, over.axisAt, over));
          await archive.commit(read(account, { rows: bets }));
          const range = { from: fallBack - 300 * hour, to: fallBack + 300 * hour };
          const periods = unit === null ? null : createPeriodGrid(unit, zone, range, dayStartsAtMs);
          const counted = { countPlayers: true, countRounds: true };
          const query = { ...all('BET', [account]), range, axis, groupBy, periods, ...counted };
          expect(sorted(await archive.totals(query))).toEqual(sorted(expectedTotals(query, account, bets)));
        }),
        { numRuns: 60 },
      );
    });
  });
}

function expectedTotals(query: TotalsQuery, account: string, bets: readonly Bet[]): TotalsRow[] {
  const groups = new Map<string, { facts: Omit<TotalsRow, 'sums'>; bets: Bet[] }>();
  for (const each of bets) {
    const at = query.axis === 'PLACED' ? (each.placedAt ?? each.axisAt) : each.axisAt;
    const own = {
      ...each,
      account,
      provider: 'vertexplay',
      player: each.providerUsername.toLowerCase(),
    } as const;
    const facts = {
      period: periodIn(query.periods, at),
      ...(Object.fromEntries(Object.values(fields).map((field) => [field, null])) as Record<Field, null>),
      ...(Object.fromEntries(query.groupBy.map((each) => [fields[each], own[fields[each]]])) as object),
      count: 0,
      playerCount: 0,
      roundCount: 0,
      currencies: [],
    };
    const id = JSON.stringify(facts);
    const group = groups.get(id) ?? { facts, bets: [] };
    groups.set(id, group);
    group.bets.push(each);
  }
  return [...groups.values()].map(({ facts, bets: members }) => ({
    ...facts,
    count: members.length,
    playerCount: distinct(members.map((each) => each.providerUsername.toLowerCase())).length,
    roundCount: distinct(members.map((each) => each.roundId)).length,
    currencies: distinct(members.map((each) => each.currency)).sort(),
    sums: Object.fromEntries(
      summedColumns.map((column) => {
        const values = members.flatMap((each) => each[column] ?? []);
        return [column, values.length === 0 ? null : sum(...values)];
      }),
    ) as TotalsRow['sums'],
  }));
}

function periodIn(grid: PeriodGrid | null, at: number) {
  return grid === null ? null : periodOf(grid, at);
}

function distinct(values: readonly (string | null)[]): string[] {
  return [...new Set(values.flatMap((value) => value ?? []))];
}

function sorted(rows: readonly TotalsRow[]): TotalsRow[] {
  const id = ({ sums: _, ...facts }: TotalsRow) => JSON.stringify(Object.entries(facts).sort());
  return [...rows].sort((a, b) => (id(a) < id(b) ? -1 : 1));
}
