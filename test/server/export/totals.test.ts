import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decimal } from '../../../src/records/decimal.ts';
import { complete, createBet, createCommit, NOON } from '../../graph/harness.ts';
import { type Harness, openHarness } from './harness.ts';

const HOUR = 3_600_000;
const day = 'from=2026-11-21&to=2026-11-22';
const days = 'from=2026-11-20&to=2026-11-23';

const money = (stake: string, netWin: string, currency = 'USD') => ({
  stake: decimal(stake),
  netWin: decimal(netWin),
  currency,
});

const bets = createCommit('vp-main', 'BET', [
  createBet('b1', NOON, { gameCode: '=1', ...money('10.10', '-10.10') }),
  createBet('b2', NOON - HOUR, { gameCode: 'a,b', ...money('0.000000000000000001', '5') }),
  createBet('b3', NOON - 13 * HOUR, { gameCode: 'a,b', ...money('3', '-3', 'THB') }),
]);

let harness: Harness;
beforeAll(async () => {
  harness = await openHarness({ commits: [bets] });
});
afterAll(() => harness.close());

const text = async (path: string) => (await harness.get(path)).text();
const lines = async (path: string) =>
  (await text(path))
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));

describe('/export/totals', () => {
  it('writes a row for every group, by period and then by the dimensions asked for', async () => {
    const columns = 'day,currency,betCount,playerCount,stake,grossGamingRevenue,hold,complete';
    expect(await text(`/export/totals.csv?${days}&groupBy=DAY,CURRENCY&columns=${columns}`)).toBe(
      `${columns}\r\n` +
        '2026-11-20,THB,1,1,3,3,1.000000,true\r\n' +
        '2026-11-21,USD,2,1,10.100000000000000001,5.10,0.504950,true\r\n',
    );
  });

  it('cuts days in the zone asked for, where the business day starts', async () => {
    const groups = async (besides: string) =>
      (await lines(`/export/totals.ndjson?${days}&groupBy=DAY&columns=day,betCount&${besides}`)).map(
        (row) => [row.day, row.betCount],
      );
    expect(await groups('timeZone=Asia/Manila')).toEqual([['2026-11-21', 3]]);
    expect(await groups('timeZone=Asia/Manila&dayStartsAt=08:00')).toEqual([
      ['2026-11-20', 1],
      ['2026-11-21', 2],
    ]);
  });

  it('has every column of a group by name, and money only of one currency', async () => {
    const [row] = await lines(`/export/totals.ndjson?${days}`);
    expect(row).toMatchObject({ betCount: 3, playerCount: 1, stake: null, complete: true });
    expect(Object.keys(row)).not.toContain('day');
    expect(Object.keys(row)).toContain('finalUntil');
  });

  it('takes the filters of bets, an order and a number of rows', async () => {
    const path = `/export/totals.ndjson?${day}&groupBy=GAME&currencies=USD&columns=gameCode,stake`;
    expect(await lines(`${path}&orderBy=STAKE&direction=ASC`)).toEqual([
      { gameCode: 'a,b', stake: '0.000000000000000001' },
      { gameCode: '=1', stake: '10.10' },
    ]);
    expect(await lines(`${path}&orderBy=STAKE&first=1`)).toEqual([{ gameCode: '=1', stake: '10.10' }]);
  });

  it('is CSV as spreadsheets want it', async () => {
    const path = `/export/totals.csv?${day}&groupBy=GAME&columns=gameCode,betCount&bom=true&delimiter=semicolon`;
    expect(Buffer.from(await (await harness.get(path)).arrayBuffer()).toString()).toBe(
      "\ufeffgameCode;betCount\r\n'=1;1\r\na,b;1\r\n",
    );
  });

  it('keeps its header where there is no row', async () => {
    const path = '/export/totals.csv?from=2026-11-01&to=2026-11-02&groupBy=DAY&columns=day,stake';
    expect(await text(path)).toBe('day,stake\r\n');
  });

  it('is typed in Parquet, every digit kept, and read by parts', async () => {
    const path = `/export/totals.parquet?${days}&groupBy=DAY,CURRENCY&columns=day,betCount,stake,complete,finalUntil`;
    const response = await harness.get(path);
    const bytes = Buffer.from(await response.arrayBuffer());
    expect(response.headers.get('content-length')).toBe(String(bytes.length));
    const part = await harness.get(path, { headers: { range: 'bytes=0-3' } });
    expect([part.status, await part.text()]).toEqual([206, 'PAR1']);
    const folder = await mkdtemp(join(tmpdir(), 'countroom-totals-'));
    const connection = await (await DuckDBInstance.create(':memory:')).connect();
    try {
      const file = join(folder, 'totals.parquet');
      await writeFile(file, bytes);
      const read = async (sql: string) => (await connection.runAndReadAll(sql)).getRowsJson();
      expect(await read(`SELECT column_type FROM (DESCRIBE FROM '${file}')`)).toEqual(
        ['DATE', 'BIGINT', 'DECIMAL(38,18)', 'BOOLEAN', 'TIMESTAMP WITH TIME ZONE'].map((type) => [type]),
      );
      expect(await read(`SELECT day, stake::VARCHAR FROM '${file}' ORDER BY day`)).toEqual([
        ['2026-11-20', '3.000000000000000000'],
        ['2026-11-21', '10.100000000000000001'],
      ]);
    } finally {
      connection.closeSync();
      await rm(folder, { recursive: true, force: true });
    }
  });

  it('answers 304 to whom has these very totals', async () => {
    const path = `/export/totals.csv?${day}&groupBy=DAY`;
    const etag = (await harness.get(path)).headers.get('etag')!;
    expect((await harness.get(path, { headers: { 'if-none-match': etag } })).status).toBe(304);
    const other = await harness.get(`${path}&delimiter=tab`, { headers: { 'if-none-match': etag } });
    expect(other.status).toBe(200);
  });

  it('asks no provider without maxWait, tells gaps by headers, and refuses them where all is required', async () => {
    const gap = {
      ...{ account: 'vp-main', kind: 'BET' as const, from: NOON, to: NOON + HOUR },
      ...{ reason: 'IN_FUTURE' as const, retryAt: null, message: null },
    };
    const coverage = { ...complete, complete: false, gaps: [gap] };
    const broken = await openHarness({ commits: [bets], coverage });
    try {
      const { headers } = await broken.get(`/export/totals.csv?${day}&groupBy=DAY`);
      expect([headers.get('countroom-complete'), headers.get('countroom-gaps')]).toEqual(['false', '1']);
      expect(broken.asks.map(({ maxWaitMs }) => maxWaitMs).filter((each) => each !== null)).toEqual([]);
      expect((await broken.get(`/export/totals.csv?${day}&groupBy=DAY&complete=required`)).status).toBe(409);
    } finally {
      await broken.close();
    }
  });

  it.each([
    [`${day}&groupBy=WEATHER`, 'groupBy'],
    [`${day}&groupBy=DAY&columns=currency`, 'columns'],
    [`${day}&groupBy=GAME&orderBy=LUCK`, 'orderBy'],
    [`${day}&direction=ASC`, 'direction'],
    [`${day}&first=-1`, 'first'],
    [`${day}&timeZone=Nowhere`, 'timeZone'],
    [`${day}&changedSince=2026-11-21`, 'changedSince'],
    ['groupBy=DAY&to=2026-11-22', 'from'],
  ])('refuses %s, naming the parameter', async (query, parameter) => {
    const response = await harness.get(`/export/totals.csv?${query}`);
    expect(response.status).toBe(400);
    expect(JSON.stringify(await response.json())).toContain(parameter);
  });

  it('refuses two periods at once, and money of several currencies to order by', async () => {
    for (const query of ['groupBy=DAY,WEEK', 'groupBy=CURRENCY&orderBy=STAKE']) {
      expect((await harness.get(`/export/totals.csv?${days}&${query}`)).status).toBe(400);
    }
  });
});
