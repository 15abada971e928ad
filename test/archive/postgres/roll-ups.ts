import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PostgresArchive } from '../../../src/archive/postgres/index.ts';
import { decimal } from '../../../src/records/decimal.ts';
import { createPeriodGrid } from '../../../src/records/period.ts';
import type { TotalsQuery, Where } from '../../../src/records/query.ts';
import { all, bet, read } from '../conformance/sample.ts';
import type { PostgresServer } from '../postgres-server.ts';
import { createPostgresStore, type PostgresStore } from './store.ts';

const HOUR = 3_600_000;
const START = Date.UTC(2026, 9, 30);
// Every row has a key: the same selection, in a way that roll-ups cannot know of.
const always: Where = { op: 'not', of: { op: 'isNull', column: 'key' } };

// Few keys and several versions, so that bets change amounts, scales and quarters, and take the place of others.
const row = fc
  .record({
    key: fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f'),
    former: fc.constantFrom(null, null, null, 'a', 'b'),
    at: fc.nat(4 * 24 * 4).map((quarter) => START + quarter * (HOUR / 4) + (quarter % 7)),
    version: fc.nat(9),
    stake: fc.constantFrom('1', '1.5', '-0.360000', '12345678901234567890.123456789012345678'),
    refund: fc.constantFrom(null, '0.0', '7'),
    gameType: fc.constantFrom(null, '', 'slot'),
    currency: fc.constantFrom('THB', 'USD'),
    outcome: fc.constantFrom('WIN', 'LOSE'),
  })
  .map(({ key, former, at, version, stake, refund, gameType, currency, outcome }) =>
    bet(key, at, {
      formerKey: key > 'b' ? former : null,
      versionAt: version,
      stake: decimal(stake),
      refund: refund === null ? null : decimal(refund),
      ...{ gameType, currency, outcome },
    }),
  );
const commits = fc.array(fc.array(row, { minLength: 1, maxLength: 6 }), { minLength: 1, maxLength: 5 });
const edge = fc.oneof(
  fc.constantFrom(0, 24 * HOUR, 72 * HOUR, 30 * HOUR, 96 * HOUR, HOUR / 4, -HOUR),
  fc.integer({ min: -HOUR, max: 100 * HOUR }),
);
const asked = fc.record({
  range: fc.option(
    fc.tuple(edge, edge).map(([a, b]) => ({ from: START + Math.min(a, b), to: START + Math.max(a, b) })),
  ),
  groupBy: fc.subarray(['ACCOUNT', 'PROVIDER', 'CURRENCY', 'GAME_TYPE', 'STATUS', 'OUTCOME'] as const),
  unit: fc.option(fc.constantFrom('HOUR', 'DAY', 'WEEK', 'MONTH')),
  zone: fc.constantFrom('UTC', 'Asia/Shanghai', 'Asia/Kathmandu', 'America/New_York', 'Australia/Lord_Howe'),
  dayStartsAtMs: fc.constantFrom(0, 6 * HOUR),
  where: fc.constantFrom<Where | null>(
    null,
    { op: 'in', column: 'outcome', values: ['WIN'] },
    { op: 'not', of: { op: 'eq', column: 'gameType', value: 'slot' } },
    {
      op: 'or',
      of: [
        { op: 'isNull', column: 'gameType' },
        { op: 'startsWith', column: 'currency', value: 'T' },
      ],
    },
  ),
});

export function describeRollUps(server: () => PostgresServer): void {
  describe('PostgreSQL: roll-ups', () => {
    let store: PostgresStore;
    let archive: PostgresArchive;
    let run = 0;
    beforeAll(async () => {
      store = await createPostgresStore(server());
      archive = await store.open();
    });
    afterAll(async () => {
      await archive.close();
      await store.drop();
    });

    it('answer as the rows do, whatever changed, moved or was replaced', async () => {
      const property = fc.asyncProperty(
        commits,
        fc.array(asked, { minLength: 3, maxLength: 3 }),
        async (list, asks) => {
          run += 1;
          const account = `rolled-${run}`;
          for (const [index, rows] of list.entries())
            await archive.commit(read(account, { rows, readAt: index }));
          for (const { range, groupBy, unit, zone, dayStartsAtMs, where } of asks) {
            const periods =
              unit === null || range === null ? null : createPeriodGrid(unit, zone, range, dayStartsAtMs);
            const query: TotalsQuery = {
              ...{ ...all('BET', [account, 'nobody']), range, where, groupBy, periods },
              ...{ countPlayers: false, countRounds: false },
            };
            const byRows = {
              ...query,
              where: where === null ? always : ({ op: 'and', of: [where, always] } as const),
            };
            expect(await archive.totals(query)).toEqual(await archive.totals(byRows));
            expect(await archive.count(query)).toBe(await archive.count(byRows));
          }
        },
      );
      await fc.assert(property, { numRuns: 60 });
    });

    it('hold nothing of bets that left, and no empty span', async () => {
      const { rows } = await server().run(
        `SELECT table_name, count(*) AS wrong FROM (
          SELECT 'bet_quarters' AS table_name, bets FROM bet_quarters UNION ALL
          SELECT 'bet_hours', bets FROM bet_hours UNION ALL SELECT 'bet_days', bets FROM bet_days) AS spans
        WHERE bets < 1 GROUP BY table_name`,
        store.url,
      );
      expect(rows).toEqual([]);
    });
  });
}
