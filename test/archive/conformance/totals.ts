import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { KeptArchive } from '../../../src/archive/admin.ts';
import { decimal, fromUnits } from '../../../src/records/decimal.ts';
import { createPeriodGrid, labelOf } from '../../../src/records/period.ts';
import { type GroupDimension, groupFields } from '../../../src/records/query.ts';
import type { RecordKind } from '../../../src/records/record.ts';
import { runs } from '../../fuzz/laws.ts';
import { all, bet, failure, read, transfer } from './sample.ts';
import type { Store, Subject } from './store.ts';
import { expectedTotals, sortedTotals } from './totals-model.ts';

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
      await expect(archive.totals(failures)).rejects.toMatchObject({
        code: 'BAD_USER_INPUT',
        message:
          'groupBy: CURRENCY is no dimension of failures; expected PROVIDER, ACCOUNT, PLAYER, EVENT, STATUS_CODE, SUCCEEDED',
      });
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

    const accountOf = (prefix: string) => {
      let run = 0;
      return () => {
        run += 1;
        return `${prefix}-${run}`;
      };
    };
    const moment = fc.integer({ min: fallBack - 100 * hour, max: fallBack + 100 * hour });
    const amounts = fc
      .tuple(fc.bigInt({ min: -(10n ** 30n), max: 10n ** 30n }), fc.nat(18))
      .map(([units, scale]) => fromUnits(units % 10n ** BigInt(20 + scale), scale));
    const username = fc.constantFrom('Ann', 'ann', 'bob');
    const groupingOf = (kind: RecordKind) =>
      fc
        .record({
          groupBy: fc.subarray(Object.keys(groupFields[kind]) as GroupDimension[]),
          unit: fc.option(fc.constantFrom('HOUR', 'DAY', 'WEEK', 'MONTH')),
          zone: fc.constantFrom('UTC', 'America/New_York', 'Australia/Lord_Howe', 'Asia/Kolkata'),
          dayStartsAtMs: fc.constantFrom(0, 1.5 * hour, 6 * hour),
          axis: fc.constantFrom('SETTLED', 'PLACED'),
        })
        .map(({ groupBy, unit, zone, dayStartsAtMs, axis }) => {
          const range = { from: fallBack - 300 * hour, to: fallBack + 300 * hour };
          const periods = unit === null ? null : createPeriodGrid(unit, zone, range, dayStartsAtMs);
          return { range, axis, groupBy, periods, countPlayers: true, countRounds: true };
        });

    it('agrees with sums over bigints, by any dimensions and periods', async () => {
      const nextAccount = accountOf('sums');
      const rows = fc.array(
        fc.record({
          axisAt: moment,
          placedAt: fc.option(fc.integer({ min: fallBack - 200 * hour, max: fallBack + 100 * hour })),
          stake: amounts,
          refund: fc.option(amounts),
          currency: fc.constantFrom('THB', 'USD', 'eur'),
          gameType: fc.option(fc.constantFrom('slot', 'live')),
          roundId: fc.option(fc.constantFrom('r1', 'r2')),
          providerUsername: username,
          outcome: fc.constantFrom('WIN', 'LOSE'),
        }),
        { maxLength: 20 },
      );
      await fc.assert(
        fc.asyncProperty(rows, groupingOf('BET'), async (list, grouping) => {
          const account = nextAccount();
          const bets = list.map((over, index) => bet(`k${index}`, over.axisAt, over));
          await archive.commit(read(account, { rows: bets }));
          const query = { ...all('BET', [account]), ...grouping };
          expect(sortedTotals(await archive.totals(query))).toEqual(
            sortedTotals(expectedTotals(query, account, bets)),
          );
        }),
        runs(30),
      );
    });

    it('agrees with sums over bigints of transfers, both ways and each', async () => {
      const nextAccount = accountOf('moved');
      const rows = fc.array(
        fc.record({
          axisAt: moment,
          amount: amounts,
          freeCredit: fc.option(amounts),
          currency: fc.constantFrom('CNY', 'THB'),
          // On purpose apart from the sign: the direction a row has is what decides.
          direction: fc.constantFrom('DEPOSIT', 'WITHDRAWAL'),
          providerUsername: username,
        }),
        { maxLength: 20 },
      );
      await fc.assert(
        fc.asyncProperty(rows, groupingOf('TRANSFER'), async (list, grouping) => {
          const account = nextAccount();
          const transfers = list.map((over, index) => transfer(`k${index}`, over.axisAt, over));
          await archive.commit({ ...read(account), kind: 'TRANSFER', rows: transfers });
          const query = { ...all('TRANSFER', [account]), ...grouping };
          const totals = await archive.totals(query);
          expect(sortedTotals(totals)).toEqual(sortedTotals(expectedTotals(query, account, transfers)));
        }),
        runs(20),
      );
    });

    it('counts wallet callbacks, and the failed among them', async () => {
      const nextAccount = accountOf('called');
      const rows = fc.array(
        fc.record({
          axisAt: moment,
          event: fc.option(fc.constantFrom('increaseCredit', 'refundSingleWallet')),
          statusCode: fc.constantFrom(200, 401, 4025),
          succeeded: fc.boolean(),
          providerUsername: username,
        }),
        { maxLength: 20 },
      );
      await fc.assert(
        fc.asyncProperty(rows, groupingOf('SEQ_NO_FAILURE'), async (list, grouping) => {
          const account = nextAccount();
          const failures = list.map((over, index) => failure(`k${index}`, over.axisAt, over));
          await archive.commit({ ...read(account), kind: 'SEQ_NO_FAILURE', rows: failures });
          const query = { ...all('SEQ_NO_FAILURE', [account]), ...grouping };
          const totals = await archive.totals(query);
          expect(sortedTotals(totals)).toEqual(sortedTotals(expectedTotals(query, account, failures)));
        }),
        runs(20),
      );
    });

    it('adds up transfers beyond what one amount can be', async () => {
      const rows = Array.from({ length: 40 }, (_, index) =>
        transfer(`k${index}`, index, {
          amount: decimal(`${index % 2 === 0 ? '' : '-'}99999999999999999999.999999999999999999`),
          direction: index % 2 === 0 ? 'DEPOSIT' : 'WITHDRAWAL',
        }),
      );
      await archive.commit({ ...read('far'), kind: 'TRANSFER', rows });
      const [row] = await archive.totals({ ...all('TRANSFER', ['far']), ...plain });
      expect(row?.sums).toEqual({
        amount: '0.000000000000000000',
        deposits: '1999999999999999999999.999999999999999980',
        withdrawals: '-1999999999999999999999.999999999999999980',
        freeCredit: null,
      });
    });
  });
}
