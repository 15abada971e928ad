import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { KeptArchive } from '../../../src/archive/admin.ts';
import type { StoredRecord } from '../../../src/archive/archive.ts';
import { decimal, scaleOf, unitsOf } from '../../../src/records/decimal.ts';
import type { Position, RowQuery, Where } from '../../../src/records/query.ts';
import type { Bet } from '../../../src/records/record.ts';
import { runs } from '../../fuzz/laws.ts';
import { all, bet, failure, firstPage, read } from './sample.ts';
import type { Store, Subject } from './store.ts';

type Row = StoredRecord<'BET'>;

const accounts = ['A', 'a', 'é', 'zz'];
const keys = [
  'B',
  'a',
  'ab',
  'Z',
  'z',
  'É',
  'é',
  'e\u0301',
  '\u{1F600}',
  '\uFFFD',
  '',
  ' ',
  '10',
  '9',
  "o'k",
  '%_"',
];

export function describePages(subject: Subject): void {
  describe(`${subject.name}: pages, counts and filters`, () => {
    let store: Store;
    let archive: KeptArchive;
    let rows: readonly Row[];
    beforeAll(async () => {
      store = await subject.createStore();
      archive = await store.open();
      for (const [index, account] of accounts.entries()) {
        await archive.commit(read(account, { rows: keys.map((key, turn) => sample(key, index, turn)) }));
      }
      rows = [...(await archive.page(firstPage(all('BET', accounts))))];
    });
    afterAll(async () => {
      await archive.close();
      await store.drop();
    });

    it('orders newest first, then by account and key bytewise', () => {
      const expected = [...rows].sort(byPlace(axisAt));
      expect(rows.map((row) => [row.axisAt, row.account, row.key])).toEqual(
        expected.map((row) => [row.axisAt, row.account, row.key]),
      );
      expect(rows).toHaveLength(accounts.length * keys.length);
    });

    it('walks every list in pages, forwards and backwards, without gap or repetition', async () => {
      const property = fc.asyncProperty(
        fc.integer({ min: 5, max: 70 }),
        fc.constantFrom('SETTLED', 'PLACED'),
        async (limit, axis) => {
          const query = { ...all('BET', accounts), axis } as const;
          const timeOf = axis === 'PLACED' ? placedAt : axisAt;
          const expected = [...rows].sort(byPlace(timeOf));
          const walked: Row[] = [];
          for (let after: Position | null = null; ; ) {
            const page: readonly Row[] = await archive.page({
              ...query,
              limit,
              end: 'first',
              after,
              before: null,
            });
            walked.push(...page);
            const last: Row | undefined = page.at(-1);
            if (last === undefined) break;
            after = { at: timeOf(last), account: last.account, key: last.key };
          }
          expect(walked).toEqual(expected);
          const back: Row[] = [];
          for (let before: Position | null = null; ; ) {
            const page: readonly Row[] = await archive.page({
              ...query,
              limit,
              end: 'last',
              after: null,
              before,
            });
            back.unshift(...page);
            const first: Row | undefined = page[0];
            if (first === undefined) break;
            before = { at: timeOf(first), account: first.account, key: first.key };
          }
          expect(back).toEqual(expected);
        },
      );
      await fc.assert(property, { numRuns: 6 });
    });

    it('reads between two places', async () => {
      const place = (row: Row | undefined) => ({
        at: row?.axisAt ?? 0,
        account: row?.account ?? '',
        key: row?.key ?? '',
      });
      const between = { after: place(rows[4]), before: place(rows[20]) };
      const query = { ...all('BET', accounts), ...between };
      expect(await archive.page({ ...query, limit: 3, end: 'first' })).toEqual(rows.slice(5, 8));
      expect(await archive.page({ ...query, limit: 3, end: 'last' })).toEqual(rows.slice(17, 20));
    });

    it('selects by half-open range on either axis, and nothing without an account', async () => {
      const range = { from: 2, to: 4 };
      const settled = { ...all('BET', accounts), range };
      const inside = (at: number) => at >= 2 && at < 4;
      expect(await archive.count(settled)).toBe(rows.filter((row) => inside(row.axisAt)).length);
      const placed = { ...settled, axis: 'PLACED' } as const;
      expect(await archive.count(placed)).toBe(rows.filter((row) => inside(placedAt(row))).length);
      expect(await archive.count(all('BET', []))).toBe(0);
      expect(await archive.page(firstPage(all('BET', ['nobody'])))).toEqual([]);
    });

    it('streams what pages show, and lets go when it is left early', async () => {
      for (const axis of ['SETTLED', 'PLACED'] as const) {
        const query = { ...all('BET', accounts), axis };
        const streamed: Row[] = [];
        for await (const batch of archive.stream(query)) streamed.push(...batch);
        expect(streamed).toEqual(await archive.page(firstPage(query)));
      }
      for await (const batch of archive.stream(all('BET', accounts))) {
        expect(batch.length).toBeGreaterThan(0);
        break;
      }
      for await (const batch of archive.stream(all('BET', []))) expect(batch).toEqual([]);
    });

    it('finds rows by their keys', async () => {
      const found = await archive.byKeys('BET', [
        { account: 'é', key: 'É' },
        { account: 'A', key: "o'k" },
        { account: 'A', key: 'missing' },
      ]);
      expect(found.map((row) => [row.account, row.key]).sort()).toEqual([
        ['A', "o'k"],
        ['é', 'É'],
      ]);
      expect(await archive.byKeys('BET', [])).toEqual([]);
    });

    it('selects as the condition says, decimals and nulls exactly', async () => {
      await fc.assert(
        fc.asyncProperty(conditions, async (where) => {
          const query: RowQuery & { readonly kind: 'BET' } = { ...all('BET', accounts), where };
          const expected = rows.filter((row) => holds(where, row));
          expect(await archive.page(firstPage(query))).toEqual(expected);
          expect(await archive.count(query)).toBe(expected.length);
        }),
        runs(50),
      );
    });

    it('compares integers and booleans, and refuses what cannot be compared', async () => {
      const base = {
        account: 'f',
        provider: 'ebet',
        kind: 'SEQ_NO_FAILURE',
        interval: null,
        readAt: 1,
      } as const;
      const failures = [200, 4037].map((statusCode) =>
        failure(String(statusCode), 1, { statusCode, succeeded: statusCode === 200 }),
      );
      await archive.commit({ ...base, quarantined: [], rows: failures });
      const count = (where: Where) => archive.count({ ...all('SEQ_NO_FAILURE', ['f']), where });
      expect(await count({ op: 'in', column: 'statusCode', values: [200, 4037.5] })).toBe(1);
      expect(await count({ op: 'gt', column: 'statusCode', value: 199.5 })).toBe(2);
      expect(await count({ op: 'eq', column: 'succeeded', value: true })).toBe(1);
      expect(await count({ op: 'and', of: [] })).toBe(2);
      expect(await count({ op: 'or', of: [] })).toBe(0);
      const refused = { code: 'BAD_USER_INPUT' };
      await expect(count({ op: 'eq', column: 'colour', value: 1 })).rejects.toMatchObject(refused);
      await expect(count({ op: 'eq', column: 'seqNo', value: 1 })).rejects.toMatchObject(refused);
      await expect(count({ op: 'lt', column: 'statusCode', value: 'x' })).rejects.toMatchObject(refused);
    });
  });
}

function sample(key: string, account: number, turn: number): Bet {
  const number = account * keys.length + turn;
  return bet(key, number % 7, {
    versionAt: number % 3 === 0 ? null : number,
    placedAt: number % 2 === 0 ? null : (number * 3) % 8,
    gameType: number % 5 === 0 ? null : `type-${number % 5}`,
    currency: ['THB', 'USD', 'thb'][number % 3] ?? 'THB',
    stake: decimal(['0.10', '-5', '12345678901234567890.123456789012345678', '0.1'][number % 4] ?? '0'),
    refund: number % 3 === 1 ? decimal('0.000000000000000001') : null,
  });
}

function axisAt(row: Row): number {
  return row.axisAt;
}

function placedAt(row: Row): number {
  return row.placedAt ?? row.axisAt;
}

function byPlace(timeOf: (row: Row) => number) {
  const bytes = (a: string, b: string) => Buffer.compare(Buffer.from(a), Buffer.from(b));
  return (a: Row, b: Row) => timeOf(b) - timeOf(a) || bytes(a.account, b.account) || bytes(a.key, b.key);
}

const comparisons = fc.constantFrom('eq', 'ne', 'gt', 'ge', 'lt', 'le');
const numbers = [
  '0.1',
  '-5',
  '12345678901234567890.123456789012345678',
  '0.1000000000000000001',
  '1e30',
  '-1e30',
  '1e-18',
];
const leaves: fc.Arbitrary<Where>[] = [
  fc.record({
    op: comparisons,
    column: fc.constantFrom('stake', 'refund'),
    value: fc.constantFrom(...numbers),
  }),
  fc.record({
    op: comparisons,
    column: fc.constantFrom('versionAt', 'axisAt'),
    value: fc.integer({ min: -1, max: 60 }),
  }),
  fc.record({ op: comparisons, column: fc.constant('key'), value: fc.constantFrom(...keys) }),
  fc.record({
    op: fc.constant('in'),
    column: fc.constant('currency'),
    values: fc.subarray(['THB', 'thb', 'x']),
  }),
  fc.record({ op: fc.constant('in'), column: fc.constant('stake'), values: fc.subarray(numbers) }),
  fc.record({
    op: fc.constant('startsWith'),
    column: fc.constantFrom('gameType', 'key'),
    value: fc.constantFrom('', 'type-1', 'a', '%', 'é'),
  }),
  fc.record({ op: fc.constant('isNull'), column: fc.constantFrom('gameType', 'refund', 'key') }),
];
const conditions: fc.Arbitrary<Where> = fc.letrec<{ node: Where }>((tie) => ({
  node: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    ...leaves,
    fc.record({ op: fc.constantFrom('and', 'or'), of: fc.array(tie('node'), { maxLength: 3 }) }),
    fc.record({ op: fc.constant('not'), of: tie('node') }),
  ),
})).node;

/** The condition's meaning, said once more without SQL. */
function holds(where: Where, row: Row): boolean {
  if (where.op === 'compare' || where.op === 'holds')
    throw new TypeError('expressions have a model of their own');
  const cell = (column: string) => (row as unknown as Record<string, string | number | null>)[column] ?? null;
  switch (where.op) {
    case 'and':
      return where.of.every((part) => holds(part, row));
    case 'or':
      return where.of.some((part) => holds(part, row));
    case 'not':
      return !holds(where.of, row);
    case 'isNull':
      return cell(where.column) === null;
    case 'startsWith':
      return cell(where.column) !== null && String(cell(where.column)).startsWith(where.value);
    case 'in':
      return where.values.some((value) => holds({ op: 'eq', column: where.column, value }, row));
    default: {
      const value = cell(where.column);
      if (value === null) return false;
      const order = compare(where.column, String(value), String(where.value));
      return {
        eq: order === 0,
        ne: order !== 0,
        gt: order > 0,
        ge: order >= 0,
        lt: order < 0,
        le: order <= 0,
      }[where.op];
    }
  }
}

function compare(column: string, a: string, b: string): number {
  if (column === 'key' || column === 'currency') return Buffer.compare(Buffer.from(a), Buffer.from(b));
  const [left, right] = [units(a), units(b)];
  return left < right ? -1 : left > right ? 1 : 0;
}

/** Counted in units of 10^-30, beyond any scale used here. */
function units(text: string): bigint {
  const [mantissa = '', exponent = '0'] = text.split('e');
  const plain = mantissa as ReturnType<typeof decimal>;
  const power = 30 - scaleOf(plain) + Number(exponent);
  return unitsOf(plain) * 10n ** BigInt(power);
}
