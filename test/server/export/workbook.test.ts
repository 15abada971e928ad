import exceljs from 'exceljs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decimal } from '../../../src/records/decimal.ts';
import { createBet, createCommit, createTransfer, HOUR, NOON } from '../../graph/harness.ts';
import { type Harness, openHarness } from './harness.ts';

const day = 'from=2026-11-21&to=2026-11-22';
const amounts = [
  '12.50',
  '123456789012.345',
  '1234567890123.456',
  '0.000000000000000001',
  '-0.10',
  '1000000000000000000',
];
const commits = [
  createCommit('vp-main', 'BET', [
    ...amounts.map((stake, at) =>
      createBet(`b${at}`, NOON - at * HOUR, { stake: decimal(stake), currency: 'THB' }),
    ),
    createBet('formula', NOON - 10 * HOUR, { gameCode: '=1+1', gameType: null, currency: 'THB' }),
  ]),
  createCommit('hrg-main', 'TRANSFER', [createTransfer('t1', NOON)]),
];

let harness: Harness;
beforeAll(async () => {
  harness = await openHarness({ commits });
});
afterAll(() => harness.close());

async function read(path: string) {
  const response = await harness.get(`/export/${path}`);
  const workbook = new exceljs.Workbook();
  await workbook.xlsx.load(await response.arrayBuffer());
  const [sheet] = workbook.worksheets;
  const rows: exceljs.CellValue[][] = [];
  sheet!.eachRow({ includeEmpty: true }, (row) => {
    rows.push(Array.from({ length: sheet!.columnCount }, (_, at) => row.getCell(at + 1).value));
  });
  return { response, workbook, rows };
}

describe('a workbook', () => {
  it('has amounts as numbers, and as text where a number would lose digits', async () => {
    const { rows } = await read(`bets.xlsx?${day}&columns=providerBetId,stake`);
    expect(rows).toEqual([
      ['providerBetId', 'stake'],
      ['b0', 12.5],
      ['b1', 123456789012.345],
      ['b2', '1234567890123.456'],
      ['b3', 1e-18],
      ['b4', -0.1],
      ['b5', 1e18],
      ['formula', expect.any(Number)],
    ]);
  });

  it('has times as Excel has them, empty cells for what is not there, and text that runs as no formula', async () => {
    const { rows } = await read(`bets.xlsx?${day}&columns=settledAt,gameType,gameCode`);
    expect(rows[1]?.[0]).toEqual(new Date(NOON));
    expect(rows.at(-1)).toEqual([new Date(NOON - 10 * HOUR), null, '=1+1']);
  });

  it('says on a second sheet whether it is whole', async () => {
    const { workbook } = await read(`transfers.xlsx?${day}`);
    expect(workbook.worksheets.map(({ name }) => name)).toEqual(['transfers', 'coverage']);
    const about = workbook.getWorksheet('coverage')!;
    expect([about.getCell('A1').value, about.getCell('B1').value, about.getCell('B2').value]).toEqual([
      ...['complete', true, 0],
    ]);
  });

  it('is of totals too, and of nothing at all', async () => {
    const { rows } = await read(
      `totals.xlsx?${day}&groupBy=DAY,CURRENCY&columns=day,currency,betCount,complete`,
    );
    expect(rows).toEqual([
      ['day', 'currency', 'betCount', 'complete'],
      [new Date('2026-11-21T00:00:00Z'), 'THB', 7, true],
    ]);
    expect((await read('bets.xlsx?from=2026-11-01&to=2026-11-02&columns=id,stake')).rows).toEqual([
      ['id', 'stake'],
    ]);
  });

  it('comes as a file with its length, of which parts can be read', async () => {
    const path = `/export/bets.xlsx?${day}`;
    const whole = await harness.get(path);
    const size = (await whole.arrayBuffer()).byteLength;
    expect(whole.headers.get('content-type')).toContain('spreadsheetml.sheet');
    expect(whole.headers.get('content-disposition')).toContain('bets_2026-11-21_2026-11-22.xlsx');
    const head = await harness.get(path, { method: 'HEAD' });
    expect(Number(head.headers.get('content-length'))).toBe(size);
    expect((await harness.get(path, { headers: { range: 'bytes=0-3' } })).status).toBe(206);
  });

  it('of more rows than it can hold is refused, and says which way leads out', async () => {
    const opened = await openHarness({ commits });
    const count = async () => 100_001;
    const many = await openHarness({ archive: { ...opened.archive, count } });
    const response = await many.get(`/export/bets.xlsx?${day}`);
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({
      error: {
        code: 'BAD_USER_INPUT',
        message: expect.stringMatching(/100,000 rows, got 100,001: .*bets\.csv/),
      },
    });
    await many.close();
  });
});
