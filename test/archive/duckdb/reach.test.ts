import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Archive, StoredRecord } from '../../../src/archive/archive.ts';
import { createDuckDbArchive } from '../../../src/archive/duckdb/index.ts';
import { createReach } from '../../../src/archive/duckdb/reach.ts';
import type { PageQuery } from '../../../src/records/query.ts';
import { createBet, createCommit, DAY, HOUR, MINUTE, NOON, SECOND } from '../../graph/harness.ts';

const range = { from: NOON - 20 * DAY, to: NOON + DAY };
const pageOf = (over: Partial<PageQuery> = {}): PageQuery & { readonly kind: 'BET' } =>
  ({
    kind: 'BET',
    accounts: ['a', 'b'],
    range,
    axis: 'SETTLED',
    players: null,
    where: null,
    limit: 10,
    end: 'first',
    after: null,
    before: null,
    ...over,
  }) as PageQuery & { readonly kind: 'BET' };

// Close together, then far apart, then several at one time.
const times = [
  ...Array.from({ length: 20 }, (_, at) => NOON - at * SECOND),
  ...Array.from({ length: 12 }, (_, at) => NOON - DAY - at * 9 * HOUR),
  ...Array.from({ length: 9 }, () => NOON - 2 * DAY),
];

let archive: Archive;
beforeAll(async () => {
  archive = await createDuckDbArchive({ path: ':memory:', playerOf: (_, username) => username });
  for (const account of ['a', 'b']) {
    await archive.commit(
      createCommit(
        account,
        'BET',
        times.map((at, index) =>
          createBet(`k${index}`, at, { placedAt: index % 3 === 0 ? null : at - (index % 5) * HOUR }),
        ),
      ),
    );
  }
});
afterAll(() => archive.close());

/** Every row by pages of one length, from one end or the other. */
async function walk(axis: PageQuery['axis'], end: 'first' | 'last', limit: number): Promise<string[]> {
  const names: string[] = [];
  let place: PageQuery['after'] = null;
  for (;;) {
    const rows: readonly StoredRecord<'BET'>[] = await archive.page(
      pageOf({ axis, end, limit, ...(end === 'first' ? { after: place } : { before: place }) }),
    );
    const found = rows.map(({ account, key }) => `${account} ${key}`);
    if (end === 'first') names.push(...found);
    else names.unshift(...found);
    const last = end === 'first' ? rows.at(-1) : rows[0];
    if (rows.length < limit || last === undefined) return names;
    place = {
      at: (axis === 'PLACED' ? last.placedAt : null) ?? last.countedAt,
      account: last.account,
      key: last.key,
    };
  }
}

it.each(['SETTLED', 'PLACED'] as const)(
  'gives every row once and in order by %s, whatever it expected of how far a page reaches',
  async (axis) => {
    const whole = await archive.page(pageOf({ axis, limit: 1_000 }));
    const expected = whole.map(({ account, key }) => `${account} ${key}`);
    expect(expected).toHaveLength(2 * times.length);
    for (const limit of [7, 25, 7]) {
      expect(await walk(axis, 'first', limit)).toEqual(expected);
      expect(await walk(axis, 'last', limit)).toEqual(expected);
    }
  },
);

it('finds what was committed since at the newest end', async () => {
  await archive.page(pageOf());
  await archive.commit(createCommit('a', 'BET', [createBet('new', NOON + MINUTE)]));
  const [newest] = await archive.page(pageOf());
  expect(newest?.key).toBe('new');
});

it('expects nothing of pages it has not seen, nor of those that were not full', async () => {
  const reach = createReach();
  const rows = await archive.page(pageOf());
  reach.note(pageOf({ limit: 11 }), rows);
  expect(reach.likely(pageOf())).toEqual([]);
  reach.note(pageOf(), rows);
  const [likely] = reach.likely(pageOf());
  expect(likely?.to).toBe(range.to);
  expect(likely?.from).toBeGreaterThan(range.from);
  expect(likely?.from).toBeLessThanOrEqual(rows.at(-1)?.countedAt ?? 0);
  expect(reach.likely(pageOf({ accounts: ['a'] }))).toEqual([]);
  expect(reach.likely(pageOf({ end: 'last' }))).toEqual([]);
  const players = Array.from({ length: 300 }, (_, index) => `player ${index}`);
  reach.note(pageOf({ players }), rows);
  expect(reach.likely(pageOf({ players }))).toHaveLength(1);
  expect(reach.likely(pageOf({ players: players.slice(1) }))).toEqual([]);
});

it('tries parts of a range by the time of placing before all of it, wider ones later', () => {
  const parts = createReach().likely(pageOf({ axis: 'PLACED' }));
  expect(parts).toHaveLength(2);
  expect(parts[0]?.from).toBeGreaterThan(parts[1]?.from ?? 0);
});
