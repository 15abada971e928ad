import { afterAll, beforeAll, expect, it } from 'vitest';
import type { KeptArchive } from '../../../src/archive/admin.ts';
import { createDuckDbArchive } from '../../../src/archive/duckdb/index.ts';
import { flatColumns } from '../../../src/records/flat.ts';
import type { Position } from '../../../src/records/query.ts';
import { all, bet, read } from '../conformance/sample.ts';
import { sameName } from '../conformance/store.ts';

const columns = flatColumns('BET', { raw: false });
const query = all('BET', ['a']);

let archive: KeptArchive;
beforeAll(async () => {
  archive = await createDuckDbArchive({ path: ':memory:', playerOf: sameName });
  // Many rows at each of seven times, so that pages end between rows of one time.
  const rows = Array.from({ length: 3_000 }, (_, index) =>
    bet(`k${String(index).padStart(4, '0')}`, index % 7),
  );
  await archive.commit(read('a', { rows }));
});
afterAll(() => archive.close());

async function walk(limit: number): Promise<{ readonly sizes: number[]; readonly keys: string[] }> {
  const sizes: number[] = [];
  const keys: string[] = [];
  for (let after: Position | null = null; ; ) {
    const page = await archive.writePage!({ ...query, limit, after }, { columns, shown: null }, 'strings');
    const rows = JSON.parse(`[${Buffer.from(page.bytes).toString()}]`) as { providerBetId: string }[];
    expect(page.count).toBe(rows.length);
    sizes.push(page.count);
    keys.push(...rows.map(({ providerBetId }) => providerBetId));
    if (page.end === null) return { sizes, keys };
    after = page.end;
  }
}

it('walks over every row once in the order of pages, long pages and short ones alike', async () => {
  const rows = await archive.page({ ...query, limit: 3_000, end: 'first', after: null, before: null });
  const keys = rows.map(({ key }) => key);
  expect(keys).toHaveLength(3_000);
  // The last page is full, and says that nothing follows.
  expect(await walk(1_500)).toEqual({ sizes: [1_500, 1_500], keys });
  expect(await walk(1_100)).toEqual({ sizes: [1_100, 1_100, 800], keys });
  expect(await walk(700)).toEqual({ sizes: [700, 700, 700, 700, 200], keys });
});

it('writes decimals as numbers or strings, digit for digit, and no row where there is none', async () => {
  const asked = { ...query, limit: 1, after: null };
  const text = async (decimals: 'numbers' | 'strings') =>
    Buffer.from((await archive.writePage!(asked, { columns, shown: null }, decimals)).bytes).toString();
  const strings = await text('strings');
  expect(strings).toContain('"stake":"10.00"');
  const unquoted = strings.replace(/"(stake|payout|netWin)":"([^"]+)"/g, '"$1":$2');
  expect(unquoted).toBe(await text('numbers'));
  const none = { ...asked, accounts: ['none'] };
  expect(await archive.writePage!(none, { columns, shown: null }, 'numbers')).toMatchObject({
    count: 0,
    bytes: new Uint8Array(),
    end: null,
  });
});
