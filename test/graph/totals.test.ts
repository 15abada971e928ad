import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Archive } from '../../src/archive/archive.ts';
import { createDuckDbArchive } from '../../src/archive/duckdb/index.ts';
import { decimal } from '../../src/records/decimal.ts';
import type { TotalsQuery } from '../../src/records/query.ts';
import { createBet, createCommit, createUntouchedArchive, DAY, HOUR, hiddenPlayers, run } from './harness.ts';

let archive: Archive;
const START = Date.UTC(2026, 10, 1);
const RANGE = 'range: { from: "2026-11-01", to: "2026-12-01" }';

beforeAll(async () => {
  archive = await createDuckDbArchive({ path: ':memory:', playerOf: (_account, username) => username });
  const money = (stake: string, netWin: string) => ({ stake: decimal(stake), netWin: decimal(netWin) });
  await archive.commit(
    createCommit('vp-main', 'BET', [
      createBet('v1', START + 4 * HOUR, { ...money('10.00', '-5.5'), gameCode: 'g2' }),
      createBet('v2', START + 7 * HOUR, {
        ...money('20.0000', '-1'),
        providerUsername: 'bob',
        roundId: 'r2',
      }),
      createBet('v3', START + DAY, { ...money('0.5', '3'), validStake: decimal('0.25') }),
    ]),
  );
  await archive.commit(
    createCommit('hrg-main', 'BET', [
      createBet('h1', START, { ...money('3', '1'), currency: 'CNY', roundId: null }),
    ]),
  );
  await archive.commit(
    createCommit('one-main', 'BET', [createBet('o1', START, { ...money('0', '0'), currency: 'EUR' })]),
  );
});

afterAll(() => archive.close());

const totals = (args: string, fields: string, filter = '') =>
  run(
    { archive },
    `{ betTotals(filter: { ${RANGE} ${filter} }, ${args}) { rows { ${fields} } coverage { complete } } }`,
  );

const zyx = { ...hiddenPlayers, shownPlayer: (player: string) => (player === 'ann' ? 'z-ann' : 'y-bob') };

async function rows(args: string, fields: string, filter = ''): Promise<unknown> {
  const { data, errors } = await totals(args, fields, filter);
  expect(errors).toEqual([]);
  return (data['betTotals'] as { rows: unknown }).rows;
}

describe('totals', () => {
  it('come in the order of the names that are shown', async () => {
    const viewer = { readsPlayers: false };
    const source = `{ betTotals(filter: { ${RANGE} currencies: ["THB"] }, groupBy: [PLAYER]) { rows { player } } }`;
    const { data, errors } = await run({ archive, viewer, players: zyx }, source);
    expect(errors).toEqual([]);
    expect(data['betTotals']).toEqual({ rows: [{ player: 'y-bob' }, { player: 'z-ann' }] });
  });

  it('are exact sums whose scale is the largest summed', async () => {
    const fields = `currency provider gameCode betCount playerCount roundCount stake validStake payout netWin refund rebate
      jackpotWin jackpotContribution grossGamingRevenue returnToPlayer hold period { label }`;
    expect(await rows('groupBy: [CURRENCY]', fields, 'currencies: ["THB"]')).toEqual([
      {
        currency: 'THB',
        provider: null,
        gameCode: null,
        betCount: 3,
        playerCount: 2,
        roundCount: 2,
        stake: '30.5000',
        validStake: '0.25',
        payout: '13.500000',
        netWin: '-3.5',
        refund: '0',
        rebate: '0',
        jackpotWin: '0',
        jackpotContribution: '0',
        grossGamingRevenue: '3.5',
        returnToPlayer: '0.885246',
        hold: '0.114754',
        period: null,
      },
    ]);
  });

  it('have no ratio at zero turnover', async () => {
    expect(await rows('groupBy: []', 'stake returnToPlayer hold', 'currencies: ["EUR"]')).toEqual([
      { stake: '0', returnToPlayer: null, hold: null },
    ]);
  });

  it('answer counts over mixed currencies, and refuse their money', async () => {
    expect(await rows('groupBy: []', 'betCount playerCount')).toEqual([{ betCount: 5, playerCount: 2 }]);
    for (const field of ['stake', 'validStake', 'grossGamingRevenue', 'hold']) {
      const { data, errors } = await totals('groupBy: []', `betCount ${field}`);
      expect(data['betTotals']).toMatchObject({ rows: [{ betCount: 5, [field]: null }] });
      expect(errors).toEqual([
        { code: 'BAD_USER_INPUT', message: 'group by CURRENCY or filter one; found CNY, EUR, THB' },
      ]);
    }
  });

  it('refuse each field of money once, however many groups mix currencies', async () => {
    const twice: Archive = {
      ...archive,
      async totals(query) {
        const found = await archive.totals(query);
        return [...found, ...found];
      },
    };
    const source = `{ betTotals(filter: { ${RANGE} }, groupBy: []) { rows { stake again: stake netWin betCount } } }`;
    const { data, errors } = await run({ archive: twice }, source);
    const row = { stake: null, again: null, netWin: null, betCount: 5 };
    expect(data['betTotals']).toEqual({ rows: [row, row] });
    expect(errors).toHaveLength(3);
  });

  it('come by period, oldest first, then by the dimensions as listed', async () => {
    expect(await rows('groupBy: [ACCOUNT, DAY]', 'account period { start end label }')).toEqual([
      { account: 'hrg-main', period: day('2026-11-01', '2026-11-02') },
      { account: 'one-main', period: day('2026-11-01', '2026-11-02') },
      { account: 'vp-main', period: day('2026-11-01', '2026-11-02') },
      { account: 'vp-main', period: day('2026-11-02', '2026-11-03') },
    ]);
  });

  it('cut business days in the zone asked for, from the start of day asked for', async () => {
    const args = 'groupBy: [DAY], timeZone: "Asia/Manila", dayStartsAt: "13:00"';
    expect(await rows(args, 'period { start end label } betCount', 'accounts: ["vp-main"]')).toEqual([
      // 04:00Z is noon in Manila: still the day before.
      { period: period('2026-10-31', '2026-11-01', 5), betCount: 1 },
      { period: period('2026-11-01', '2026-11-02', 5), betCount: 2 },
    ]);
  });

  it('name hours with their offset, weeks and months by their labels', async () => {
    const label = async (unit: string) =>
      rows(`groupBy: [${unit}], timeZone: "America/New_York"`, 'period { label }', 'accounts: ["hrg-main"]');
    expect(await label('HOUR')).toEqual([{ period: { label: '2026-10-31T20:00-04:00' } }]);
    expect(await label('WEEK')).toEqual([{ period: { label: '2026-W44' } }]);
    expect(await label('MONTH')).toEqual([{ period: { label: '2026-10' } }]);
  });

  it('are ordered by a figure, and cut to the first', async () => {
    const thb = 'currencies: ["THB"]';
    expect(await rows('groupBy: [GAME], orderBy: { by: STAKE }', 'gameCode', thb)).toEqual([
      { gameCode: 'g1' },
      { gameCode: 'g2' },
    ]);
    expect(
      await rows('groupBy: [GAME], orderBy: { by: VALID_STAKE, direction: ASC }', 'gameCode', thb),
    ).toEqual([{ gameCode: 'g1' }, { gameCode: 'g2' }]);
    expect(
      await rows('groupBy: [PLAYER], orderBy: { by: BET_COUNT, direction: DESC }, first: 1', 'player'),
    ).toEqual([{ player: 'ann' }]);
    expect(await rows('groupBy: [ACCOUNT], orderBy: { by: PLAYER_COUNT }, first: 1', 'account')).toEqual([
      { account: 'vp-main' },
    ]);
    const { errors } = await totals('groupBy: [CURRENCY], orderBy: { by: STAKE }', 'currency');
    expect(errors).toEqual([
      {
        code: 'BAD_USER_INPUT',
        message: 'orderBy: expected rows of one currency to order by STAKE; filter one; found CNY, EUR, THB',
      },
    ]);
  });

  it('count players and rounds only where somebody asks', async () => {
    const seen: Pick<TotalsQuery, 'countPlayers' | 'countRounds'>[] = [];
    const stub: Archive = {
      ...createUntouchedArchive(),
      async totals({ countPlayers, countRounds }) {
        seen.push({ countPlayers, countRounds });
        return [];
      },
    };
    const field = (selection: string, args = '') =>
      `{ betTotals(filter: { ${RANGE} }, groupBy: [DAY] ${args}) { ${selection} } }`;
    for (const source of [
      field('rows { betCount }'),
      field('rows { n: playerCount }'),
      `${field('...Counts')} fragment Counts on BetTotals { rows { ... on BetTotalsRow { few: roundCount } } }`,
      `query ($no: Boolean = false) ${field('rows { playerCount @skip(if: true) roundCount @include(if: $no) betCount }')}`,
      field('rows { betCount }', ', orderBy: { by: ROUND_COUNT }'),
    ]) {
      expect((await run({ archive: stub }, source)).errors).toEqual([]);
    }
    expect(seen).toEqual([
      { countPlayers: false, countRounds: false },
      { countPlayers: true, countRounds: false },
      { countPlayers: false, countRounds: true },
      { countPlayers: false, countRounds: false },
      { countPlayers: false, countRounds: true },
    ]);
  });
});

function day(start: string, end: string) {
  return period(start, end, 0);
}

function period(start: string, end: string, hour: number) {
  const time = `T${String(hour).padStart(2, '0')}:00:00.000Z`;
  return { start: `${start}${time}`, end: `${end}${time}`, label: start };
}
