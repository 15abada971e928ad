import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readByteRange } from '../../../src/server/export/byte-range.ts';
import { createBet, createCommit, NOON } from '../../graph/harness.ts';
import { type Harness, openHarness } from './harness.ts';

const parquet = '/export/bets.parquet?from=2026-11-21&to=2026-11-22';
const csv = '/export/bets.csv?from=2026-11-21&to=2026-11-22&columns=gameCode,stake';

let harness: Harness;
beforeAll(async () => {
  harness = await openHarness({
    commits: [
      createCommit('vp-main', 'BET', [
        createBet('b1', NOON, { gameCode: '=1;"2"' }),
        createBet('b2', NOON - 1, { gameCode: 'a,b' }),
      ]),
    ],
  });
});
afterAll(() => harness.close());

describe('Parquet, for readers that ask for parts of it', () => {
  it('says its length to HEAD and GET alike', async () => {
    const whole = await harness.get(parquet);
    const size = (await whole.arrayBuffer()).byteLength;
    const head = await harness.get(parquet, { method: 'HEAD' });
    for (const { headers } of [whole, head]) {
      expect([headers.get('content-length'), headers.get('accept-ranges')]).toEqual([String(size), 'bytes']);
    }
  });

  it('gives the parts of one file', async () => {
    const whole = Buffer.from(await (await harness.get(parquet)).arrayBuffer());
    for (const [range, part] of [
      ['bytes=0-3', whole.subarray(0, 4)],
      ['bytes=-8', whole.subarray(-8)],
      ['bytes=4-', whole.subarray(4)],
    ] as const) {
      const response = await harness.get(parquet, { headers: { range } });
      expect(response.status).toBe(206);
      expect(Buffer.from(await response.arrayBuffer())).toEqual(part);
    }
    const beyond = await harness.get(parquet, { headers: { range: `bytes=${whole.length}-` } });
    expect([beyond.status, beyond.headers.get('content-range')]).toEqual([416, `bytes */${whole.length}`]);
  });

  it('never reaches beyond the file, whatever is asked', () => {
    const header = fc.oneof(
      fc.string(),
      fc.tuple(fc.nat(30), fc.nat(30)).map(([a, b]) => `bytes=${a}-${b}`),
    );
    fc.assert(
      fc.property(header, fc.nat(20), (range, size) => {
        const part = readByteRange(range, size);
        if (part === null || part === 'unsatisfiable') return;
        expect(part.start).toBeLessThanOrEqual(part.end);
        expect(part.end).toBeLessThan(size);
      }),
    );
  });
});

describe('HEAD of rows', () => {
  it.each(['csv', 'ndjson'])('does not say that %s is empty', async (format) => {
    const path = `/export/bets.${format}?from=2026-11-21&to=2026-11-22`;
    const { status, headers } = await harness.get(path, { method: 'HEAD' });
    expect([status, headers.get('content-length'), headers.get('countroom-complete')]).toEqual([
      200,
      null,
      'true',
    ]);
  });
});

describe('CSV for spreadsheets', () => {
  it('begins with a byte order mark, parts cells as asked, and leaves formulas alone where told', async () => {
    const bytes = Buffer.from(
      await (await harness.get(`${csv}&bom=true&delimiter=;&guard=false`)).arrayBuffer(),
    );
    expect(bytes.toString('utf8')).toBe('\ufeffgameCode;stake\r\n"=1;""2""";10.000000\r\na,b;10.000000\r\n');
  });

  it('guards formulas and parts by commas otherwise', async () => {
    expect(await (await harness.get(csv)).text()).toBe(
      'gameCode,stake\r\n"\'=1;""2""",10.000000\r\n"a,b",10.000000\r\n',
    );
  });

  it.each([
    [`${csv}&delimiter=x`, 'delimiter'],
    [`${csv}&bom=yes`, 'bom'],
    [`${parquet}&bom=true`, 'bom'],
  ])('refuses %s', async (path, parameter) => {
    const response = await harness.get(path);
    expect([response.status, await response.json()]).toMatchObject([400, { error: { parameter } }]);
  });
});
