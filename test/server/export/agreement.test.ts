import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { parse } from 'csv-parse/sync';
import exceljs from 'exceljs';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createPostgresArchive } from '../../../src/archive/postgres/index.ts';
import { type Decimal, decimal, fromUnits } from '../../../src/records/decimal.ts';
import type { Interval } from '../../../src/records/interval.ts';
import type { Bet } from '../../../src/records/record.ts';
import { type PostgresServer, startPostgres } from '../../archive/postgres-server.ts';
import { createBet, createCommit, DAY, HOUR, hiddenPlayers, iso, run } from '../../graph/harness.ts';
import { type Harness, type HarnessOptions, openHarness } from './harness.ts';

const FROM = Date.UTC(2026, 10, 20);
const TO = FROM + 3 * DAY;

const amount = (max: bigint, min = -max) =>
  fc.integer({ min: 0, max: 18 }).chain((scale) => {
    const unit = 10n ** BigInt(scale);
    return fc.bigInt({ min: min * unit, max: max * unit }).map((units) => fromUnits(units, scale));
  });
const text = fc.oneof(
  fc.string({
    unit: fc.constantFrom('"', ',', '\r', '\n', "'", '=', '@', '-', '\\', 'N', 'é', '中', ' ', 'x'),
    maxLength: 8,
  }),
  fc.constant(null),
);

const bet = fc.record({
  settledAt: fc.integer({ min: FROM - DAY, max: TO + DAY }),
  stake: amount(10n ** 16n, 0n),
  netWin: amount(10n ** 16n),
  rebate: fc.option(amount(1n)),
  gameCode: text,
  roundId: text,
  currency: fc.constantFrom('THB', 'USD', 'BTC'),
  providerUsername: fc.constantFrom('ann', 'bob', '=cmd'),
});

// As long as an amount may be: with the others it adds up to what a column of a file can still hold.
const largest = {
  stake: decimal('90000000000000000000.000000000000000001'),
  netWin: decimal('-90000000000000000000.000000000000000001'),
};

/** At 18 decimals; a sum may be longer than any one amount. */
function unitsOfText(text: string | null): bigint {
  const [whole = '', fraction = ''] = (text || '0').split('.');
  return BigInt(whole + fraction.padEnd(18, '0'));
}

interface Tally {
  readonly count: number;
  readonly stake: Decimal;
  readonly netWin: Decimal;
  readonly rebate: Decimal;
}

/** Counts and adds up on bigints alone; each value is spelt with 18 decimals, as every source can be. */
function tally(
  rows: readonly { readonly stake: string; readonly netWin: string; readonly rebate: string | null }[],
): Tally {
  const total = (values: readonly (string | null)[]) =>
    fromUnits(
      values.reduce((sum, value) => sum + unitsOfText(value), 0n),
      18,
    );
  return {
    count: rows.length,
    stake: total(rows.map((row) => row.stake)),
    netWin: total(rows.map((row) => row.netWin)),
    rebate: total(rows.map((row) => row.rebate)),
  };
}

let harness: Harness;
let shared: Harness;
let server: PostgresServer;
let databaseUrl: string;
let folder: string;
let archived: readonly Bet[];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'countroom-test-'));
  const [drawn] = fc.sample(fc.array(bet, { minLength: 400, maxLength: 600, size: 'max' }), {
    numRuns: 1,
    seed: 7,
  });
  archived = drawn!.map(({ settledAt, ...parts }, at) =>
    createBet(`b${at}`, settledAt, { ...parts, ...(at === 0 && largest) }),
  );
  const [ours, theirs] = [archived.slice(0, 300), archived.slice(300)];
  const commits = [createCommit('vp-main', 'BET', ours), createCommit('one-main', 'BET', theirs)];
  harness = await openHarness({ commits });
  server = await startPostgres();
  databaseUrl = await server.createDatabase();
  const archive = await createPostgresArchive({
    url: databaseUrl,
    playerOf: (_account, username) => username,
  });
  shared = await openHarness({ commits, archive });
});
afterAll(async () => {
  await Promise.all([harness.close(), shared.close()]);
  await server.stop();
  await rm(folder, { recursive: true });
});

async function fromCsv(harness: Harness, query: string): Promise<Tally> {
  const body = await (await harness.get(`/export/bets.csv?${query}`)).text();
  return tally(parse(body, { columns: true }) as AmountRow[]);
}

async function fromNdjson(harness: Harness, query: string): Promise<Tally> {
  const body = await (await harness.get(`/export/bets.ndjson?${query}`)).text();
  return tally(
    body
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as AmountRow),
  );
}

async function fromParquet(harness: Harness, query: string): Promise<Tally> {
  const file = join(folder, 'rows.parquet');
  await writeFile(
    file,
    Buffer.from(await (await harness.get(`/export/bets.parquet?${query}`)).arrayBuffer()),
  );
  return tally((await readParquet(file, 'stake, netWin, rebate')) as unknown as AmountRow[]);
}

async function readParquet(file: string, columns: string): Promise<readonly unknown[]> {
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  const reader = await connection.runAndReadAll(`SELECT ${columns} FROM '${file}'`);
  const rows = reader.getRowObjectsJson();
  connection.closeSync();
  instance.closeSync();
  return rows;
}

async function fromOData(harness: Harness, filter: string, pageSize: number): Promise<Tally> {
  const headers = {
    accept: 'application/json;IEEE754Compatible=true',
    prefer: `odata.maxpagesize=${pageSize}`,
  };
  const rows: AmountRow[] = [];
  for (
    let next: string | undefined = `${harness.url}/odata/v4/Bets?$filter=${encodeURIComponent(filter)}`;
    next;
  ) {
    const response: Response = await fetch(next, { headers });
    const page = (await response.json()) as { value: AmountRow[]; '@odata.nextLink'?: string };
    rows.push(...page.value);
    next = page['@odata.nextLink'];
  }
  return tally(rows);
}

type AmountRow = { readonly stake: string; readonly netWin: string; readonly rebate: string | null };
type TotalsRow = AmountRow & { readonly betCount: number | string };

/** Totals by account and currency, added up. */
function added(rows: readonly TotalsRow[]): Tally {
  return { ...tally(rows), count: rows.reduce((sum, { betCount }) => sum + Number(betCount), 0) };
}

/** Whole numbers and decimals as strings, so that no reader makes floats of them. */
async function fromApply(harness: Harness, path: string): Promise<Tally> {
  const response = await harness.get(`/odata/v4/${path}`, {
    headers: { accept: 'application/json;IEEE754Compatible=true' },
  });
  const { value } = (await response.json()) as { value: readonly TotalsRow[] };
  return added(value);
}

const sums = ['stake', 'netWin', 'rebate'].map((name) => `${name} with sum as ${name}`).join(',');

/** `$apply` of rows, which the engine adds up, and of totals by hour, which is added up from them. */
function fromApplies(harness: Harness, { from, to }: Interval, filter: string): Promise<readonly Tally[]> {
  const apply = `filter(${filter})/groupby((account,currency),aggregate($count as betCount,${sums}))`;
  const hours = `filter(currency ne '' and ${filter.slice(filter.indexOf('currency'))} and hour ge '${label(from)}' and hour lt '${label(to)}')`;
  const byHour = `${hours}/groupby((currency),aggregate(betCount with sum as betCount,${sums}))`;
  return Promise.all([
    fromApply(harness, `Bets?$apply=${encodeURIComponent(apply)}`),
    fromApply(harness, `BetTotals?$apply=${encodeURIComponent(byHour)}`),
  ]);
}

/** An hour as totals name it, in UTC. */
function label(at: number): string {
  return `${iso(at).slice(0, 16)}+00:00`;
}

/** The exports of totals by day and currency, in each format. */
async function fromTotalsExports(harness: Harness, query: string): Promise<readonly Tally[]> {
  const asked = `${query}&groupBy=DAY,ACCOUNT,CURRENCY&columns=betCount,stake,netWin,rebate`;
  const bytes = async (format: string) =>
    Buffer.from(await (await harness.get(`/export/totals.${format}?${asked}`)).arrayBuffer());
  const file = join(folder, 'totals.parquet');
  await writeFile(file, await bytes('parquet'));
  return [
    added(parse(await bytes('csv'), { columns: true }) as TotalsRow[]),
    added(
      (await bytes('ndjson'))
        .toString()
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line) as TotalsRow),
    ),
    added((await readParquet(file, 'betCount, stake, netWin, rebate')) as unknown as TotalsRow[]),
    added(await readWorkbook(await bytes('xlsx'))),
  ];
}

async function fromWorkbook(harness: Harness, query: string): Promise<Tally> {
  const asked = `${query}&columns=stake,netWin,rebate`;
  const response = await harness.get(`/export/bets.xlsx?${asked}`);
  return tally(await readWorkbook(Buffer.from(await response.arrayBuffer())));
}

/** The rows of a workbook's first sheet; numbers as the shortest decimals that are them. */
async function readWorkbook(bytes: Buffer): Promise<readonly TotalsRow[]> {
  const workbook = new exceljs.Workbook();
  await workbook.xlsx.load(Uint8Array.from(bytes).buffer);
  const [header = [], ...rows] = workbook.worksheets[0]!.getSheetValues()
    .slice(1)
    .map((row) => (row as unknown[]).slice(1));
  return rows.map((values) => {
    const cells = header.map((name, at) => [name, spell(values[at])]);
    return Object.fromEntries(cells) as TotalsRow;
  });
}

function spell(cell: unknown): string | null {
  if (typeof cell !== 'number') return cell == null ? null : String(cell);
  const plain = cell.toLocaleString('en', { useGrouping: false, maximumSignificantDigits: 15 });
  return /e/i.test(String(cell)) ? plain : String(cell);
}

/** What a table holds that was empty when it began to follow the changes. */
async function replayed(harness: Harness): Promise<readonly ChangedRow[]> {
  const table = new Map<string, ChangedRow>();
  const lines = (await (await harness.get('/export/changes.ndjson')).text()).split('\n').filter(Boolean);
  for (const line of lines) {
    const { before, after } = JSON.parse(line) as Record<'before' | 'after', ChangedRow | null>;
    if (before !== null) table.delete(before.id);
    if (after !== null) table.set(after.id, after);
  }
  return [...table.values()];
}

type ChangedRow = AmountRow & Readonly<Record<'id' | 'settledAt' | 'currency', string>>;

const graphFilter = ({ from, to }: Interval, currencies: readonly string[]) =>
  `{ range: { from: "${iso(from)}", to: "${iso(to)}" }, currencies: [${currencies.map((each) => `"${each}"`)}] }`;

async function fromRows(
  { archive }: Harness,
  range: Interval,
  currencies: readonly string[],
): Promise<Tally> {
  const rows: AmountRow[] = [];
  for (let after = 'null'; ; ) {
    const page = `bets(filter: ${graphFilter(range, currencies)}, first: 100, after: ${after})`;
    const fields = '{ nodes { stake netWin rebate } pageInfo { hasNextPage endCursor } }';
    const { data } = await run({ archive }, `{ ${page} ${fields} }`);
    const { nodes, pageInfo } = (data as { bets: GraphPage }).bets;
    rows.push(...nodes);
    if (!pageInfo.hasNextPage) return tally(rows);
    after = JSON.stringify(pageInfo.endCursor);
  }
}

interface GraphPage {
  readonly nodes: readonly AmountRow[];
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string };
}

/** Totals by account and currency, added up: money of several currencies is in no one row of them. */
async function fromTotals(
  { archive }: Harness,
  range: Interval,
  currencies: readonly string[],
): Promise<Tally> {
  const totals = `betTotals(filter: ${graphFilter(range, currencies)}, groupBy: [ACCOUNT, CURRENCY])`;
  const { data } = await run({ archive }, `{ ${totals} { rows { betCount stake netWin rebate } } }`);
  return added((data as { betTotals: { rows: readonly TotalsRow[] } }).betTotals.rows);
}

/** What the views that SQL tools read give for the same. */
async function fromViews(range: Interval, currencies: readonly string[]): Promise<readonly Tally[]> {
  const within = (time: string) => `${time} >= '${iso(range.from)}' AND ${time} < '${iso(range.to)}'
    AND currency IN (${currencies.map((currency) => `'${currency}'`)})`;
  const sums = 'sum(stake)::text AS stake, sum(net_win)::text AS "netWin", sum(rebate)::text AS rebate';
  const found = await Promise.all([
    server.run(
      `SELECT count(*)::int AS count, ${sums} FROM v_bets WHERE ${within('counted_at')}`,
      databaseUrl,
    ),
    server.run(
      `SELECT coalesce(sum(bet_count), 0)::int AS count, ${sums} FROM v_bet_totals WHERE ${within('quarter_at')}`,
      databaseUrl,
    ),
  ]);
  return found.map(({ rows: [row] }) => ({ ...tally([row]), count: row.count }));
}

describe('one range', () => {
  it('has one truth in every form, on both archives and in their views', async () => {
    const ranges = fc.tuple(fc.nat(96), fc.integer({ min: 1, max: 120 })).map(([start, hours]) => {
      const from = FROM + (start - 24) * HOUR;
      return { from, to: from + hours * HOUR };
    });
    const wanted = fc.subarray(['THB', 'USD', 'BTC'], { minLength: 1 });
    const agree = fc.asyncProperty(ranges, wanted, async (range, currencies) => {
      const within = ({ axisAt, currency }: Bet) =>
        axisAt >= range.from && axisAt < range.to && currencies.includes(currency);
      const expected = tally(archived.filter(within));
      const query = `from=${iso(range.from)}&to=${iso(range.to)}&currencies=${currencies.join(',')}`;
      const listed = currencies.map((currency) => `'${currency}'`).join(',');
      const filter = `settledAt ge ${iso(range.from)} and settledAt lt ${iso(range.to)} and currency in (${listed})`;
      for (const each of [harness, shared]) {
        expect(await fromRows(each, range, currencies)).toEqual(expected);
        expect(await fromTotals(each, range, currencies)).toEqual(expected);
        expect(await fromCsv(each, query)).toEqual(expected);
        expect(await fromNdjson(each, query)).toEqual(expected);
        expect(await fromParquet(each, query)).toEqual(expected);
        expect(await fromOData(each, filter, 100)).toEqual(expected);
        expect(await fromOData(each, filter, 10_000)).toEqual(expected);
        expect(await fromApplies(each, range, filter)).toEqual([expected, expected]);
        expect(await fromTotalsExports(each, query)).toEqual(Array(4).fill(expected));
        expect(await fromWorkbook(each, query)).toEqual(expected);
        const inRange = ({ settledAt, currency }: ChangedRow) =>
          Date.parse(settledAt) >= range.from &&
          Date.parse(settledAt) < range.to &&
          currencies.includes(currency);
        expect(tally((await replayed(each)).filter(inRange))).toEqual(expected);
      }
      expect(await fromViews(range, currencies)).toEqual([expected, expected]);
    });
    await fc.assert(agree, { numRuns: 5 });
  }, 240_000);

  it('has the same texts in CSV as were archived, but for the guard', async () => {
    const columns = 'providerBetId,gameCode,roundId';
    const body = await (
      await harness.get(`/export/bets.csv?from=2026-11-20&to=2026-11-23&columns=${columns}`)
    ).text();
    const rows = parse(body, { columns: true }) as Readonly<Record<string, string>>[];
    const byKey = new Map(archived.map((each) => [each.key, each]));
    for (const row of rows) {
      const own = byKey.get(row['providerBetId']!)!;
      const guarded = (value: string | null) =>
        /^[=+\-@\t\r]/.test(value ?? '') ? `'${value}` : (value ?? '');
      expect([row['gameCode'], row['roundId']]).toEqual([guarded(own.gameCode), guarded(own.roundId)]);
    }
    expect(rows.length).toBeGreaterThan(100);
  });
});

describe('an archive that writes rows itself', () => {
  const query = 'from=2026-11-19&to=2026-11-24';
  const columns = 'player,providerUsername,gameCode,roundId,id,raw';
  const harnesses: Harness[] = [];

  /** The same archive, once with its own writing and once without. */
  async function both(options: HarnessOptions): Promise<readonly [Harness, Harness]> {
    const { writeLines: _, writeParquet: __, ...plain } = harness.archive;
    const close = async () => {};
    const pair = [
      { ...harness.archive, close },
      { ...plain, close },
    ].map((archive) => openHarness({ ...options, archive }));
    const [own, byRows] = await Promise.all(pair);
    harnesses.push(own!, byRows!);
    return [own!, byRows!];
  }
  afterAll(() => Promise.all(harnesses.map((each) => each.close())));

  it.each([
    ['who reads all', {}],
    [
      'who reads neither players nor raw',
      { viewer: { readsPlayers: false, readsRaw: false }, players: hiddenPlayers },
    ],
  ])('gives a viewer %s the same bytes as row by row', async (_, options) => {
    const [own, byRows] = await both(options);
    for (const path of [
      `bets.csv?${query}`,
      `bets.csv?${query}&raw=true&columns=${columns}`,
      `bets.csv?${query}&axis=PLACED`,
    ]) {
      const [left, right] = await Promise.all(
        [own, byRows].map(async (each) => (await each.get(`/export/${path}`)).text()),
      );
      expect(left!.length).toBeGreaterThan(10_000);
      expect(left).toBe(right);
    }
    const lines = await Promise.all(
      [own, byRows].map(async (each) =>
        (await (await each.get(`/export/bets.ndjson?${query}&raw=true`)).text()).split('\n'),
      ),
    );
    const [left, right] = lines.map((all) => all.filter(Boolean).map((line) => JSON.parse(line) as unknown));
    expect(left).toEqual(right);
  });

  it('gives the same Parquet as row by row', async () => {
    const files = await Promise.all(
      (await both({ viewer: { readsPlayers: false }, players: hiddenPlayers })).map(async (each, at) => {
        const file = join(folder, `${at}.parquet`);
        const response = await each.get(`/export/bets.parquet?${query}&raw=true`);
        await writeFile(file, Buffer.from(await response.arrayBuffer()));
        return file;
      }),
    );
    const instance = await DuckDBInstance.create(':memory:');
    const connection = await instance.connect();
    const [left, right] = await Promise.all(
      files.map(async (file) => {
        const types = await connection.runAndReadAll(`DESCRIBE FROM '${file}'`);
        const rows = await connection.runAndReadAll(`FROM '${file}' ORDER BY ALL`);
        return { types: types.getRowsJson(), rows: rows.getRowsJson() };
      }),
    );
    connection.closeSync();
    instance.closeSync();
    expect(left!.rows.length).toBeGreaterThan(300);
    expect(left).toEqual(right);
  });
});
