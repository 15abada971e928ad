import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { KeptArchive } from '../../../src/archive/admin.ts';
import type { StoredRecord } from '../../../src/archive/archive.ts';
import {
  type Decimal,
  decimal,
  fits,
  fromUnits,
  negate,
  quotient,
  remainder,
  scaleOf,
  sum,
  unitsOf,
  wholeQuotient,
} from '../../../src/records/decimal.ts';
import { type Comparison, comparisons, type Value, type ValueType } from '../../../src/records/expression.ts';
import type { Aggregation, SortKey, SortTerm, Where } from '../../../src/records/query.ts';
import { runs } from '../../fuzz/laws.ts';
import { all, bet, firstPage, read } from './sample.ts';
import type { Store, Subject } from './store.ts';

type Row = StoredRecord<'BET'>;
type Cell = string | number | boolean | null;

const texts = ['', 'a', 'Ab', 'ab%', '_b', 'É', 'éa', ' a ', "o'k", 'Łódź', '\u{1F600}b', '\\'];
// Sums of products of four of them still have 20 integer digits, which is as many as an archive holds.
const amounts = ['0', '-1.5', '10.50', '3', '0.0001', '25000', '99.99', '-0.25'].map(decimal);
const at = (index: number) =>
  Date.UTC(2026, index % 12, 1 + ((index * 7) % 28), index % 24, index % 60, 59, index);

const rows = texts.flatMap((text, index) =>
  amounts.map((stake, turn) =>
    bet(`${text}-${turn}`, at(index * 8 + turn), {
      stake,
      refund: turn % 3 === 0 ? null : amounts[(turn + index) % amounts.length]!,
      gameType: index % 4 === 3 ? null : text,
      currency: turn % 2 === 0 ? 'THB' : 'usd',
      placedAt: turn % 4 === 1 ? null : at(index + turn),
    }),
  ),
);

const column = (name: string): Value => ({ is: 'column', column: name });
const literal = (type: ValueType, value: Cell): Value => ({ is: 'literal', type, value });
const call = (name: Extract<Value, { is: 'call' }>['call'], ...of: readonly Value[]): Value => ({
  is: 'call',
  call: name,
  of,
});

const text: fc.Arbitrary<Value> = fc.letrec<{ node: Value }>((tie) => ({
  node: fc.oneof(
    { maxDepth: 2 },
    fc.constantFrom(column('gameType'), column('key'), column('currency')),
    fc.constantFrom(...texts, 'b', '%', '-').map((each) => literal('text', each)),
    fc.constantFrom('tolower', 'toupper', 'trim').chain((name) => tie('node').map((of) => call(name, of))),
    fc.tuple(tie('node'), tie('node')).map(([a, b]) => call('concat', a, b)),
  ),
})).node;
const time = fc.constantFrom(column('placedAt'), column('countedAt'));
const undivided: fc.Arbitrary<Value> = fc.letrec<{ node: Value }>((tie) => ({
  node: fc.oneof(
    { maxDepth: 2 },
    fc.constantFrom(column('stake'), column('refund')),
    fc.constantFrom(...amounts, decimal('2')).map((each) => literal('decimal', each)),
    text.map((of) => call('length', of)),
    fc.tuple(text, text).map(([a, b]) => call('indexof', a, b)),
    fc
      .constantFrom('year', 'month', 'day', 'hour', 'minute', 'second')
      .chain((name) => time.map((of) => call(name, of))),
    fc
      .constantFrom('add', 'sub', 'mul')
      .chain((name) => fc.tuple(tie('node'), tie('node')).map(([a, b]) => call(name, a, b))),
    tie('node').map((of) => call('neg', of)),
  ),
})).node;
// Of quotients nothing more is made here: DuckDB holds no more than their 18 decimals.
const part = fc.oneof(
  fc.constantFrom(column('stake'), column('refund')),
  fc
    .constantFrom(...amounts, ...['7', '-3', '12345678901234.5'].map(decimal))
    .map((each) => literal('decimal', each)),
  text.map((of) => call('length', of)),
);
const divisor = fc.oneof(part, fc.constant(literal('decimal', decimal('12345678901234567890.5'))));
const number = fc.oneof(
  { weight: 3, arbitrary: undivided },
  {
    weight: 1,
    arbitrary: fc
      .tuple(fc.constantFrom('div', 'divby', 'mod'), part, divisor)
      .map(([name, a, b]) => call(name, a, b)),
  },
);
const day = fc.oneof(
  time.map((of) => call('date', of)),
  fc.constantFrom('2026-01-01', '2026-06-15').map((each) => literal('date', each)),
);
const moment = fc.oneof(
  time,
  fc.integer({ min: 0, max: 90 }).map((index) => literal('time', at(index))),
);

const compared = fc.oneof(
  fc.tuple(text, text),
  fc.tuple(number, number),
  fc.tuple(day, day),
  fc.tuple(moment, moment),
);
const condition: fc.Arbitrary<Where> = fc.letrec<{ node: Where }>((tie) => ({
  node: fc.oneof(
    { maxDepth: 2 },
    fc
      .tuple(fc.constantFrom(...comparisons), compared)
      .map(([by, [left, right]]): Where => ({ op: 'compare', by, left, right })),
    fc
      .tuple(fc.constantFrom('contains', 'startswith', 'endswith'), text, text, fc.boolean())
      .map(([name, a, b, is]): Where => ({ op: 'holds', value: call(name, a, b), is })),
    fc
      .tuple(fc.constantFrom('and', 'or'), fc.array(tie('node'), { maxLength: 3 }))
      .map(([op, of]): Where => ({ op, of })),
  ),
})).node;

export function describeExpressions(subject: Subject): void {
  describe(`${subject.name}: expressions, orders and groups`, () => {
    let store: Store;
    let archive: KeptArchive;
    let held: readonly Row[];
    const query = all('BET', ['A']);
    beforeAll(async () => {
      store = await subject.createStore();
      archive = await store.open();
      await archive.commit(read('A', { rows }));
      held = await archive.page(firstPage(query));
    });
    afterAll(async () => {
      await archive.close();
      await store.drop();
    });

    it('selects what the same condition does in memory', async () => {
      await fc.assert(
        fc.asyncProperty(condition, async (where) => {
          const found = await archive.page(firstPage({ ...query, where }));
          expect(found.map((row) => row.key)).toEqual(
            held.filter((row) => isTrue(where, row)).map((row) => row.key),
          );
        }),
        runs(60),
      );
    });

    it('divides exactly, and by zero makes null', async () => {
      const [row] = held;
      const cases = [
        '0',
        '1',
        '-1',
        '3',
        '-7',
        '2.5',
        '0.000000000000000003',
        '-99999999999.999999',
        '12345678901234567890',
      ];
      for (const a of cases) {
        for (const b of cases) {
          for (const name of ['div', 'divby', 'mod'] as const) {
            const value = call(name, literal('decimal', a), literal('decimal', b));
            const expected = cell(value, row!);
            if (expected !== null && !fits(exact(expected))) continue;
            const is: Where = {
              op: 'compare',
              by: 'eq',
              left: value,
              right: literal('decimal', expected),
            };
            const found = await archive.page(firstPage({ ...query, where: is }));
            expect([a, name, b, found.length]).toEqual([a, name, b, held.length]);
          }
        }
      }
    });

    it('takes as many quotients of quotients as a request may write', async () => {
      const one = literal('decimal', '1');
      for (const name of ['div', 'divby', 'mod'] as const) {
        const value = Array.from({ length: 25 }).reduce<Value>((of) => call(name, of, one), column('stake'));
        const is: Where = { op: 'compare', by: 'le', left: value, right: literal('decimal', '250000') };
        expect(await archive.page(firstPage({ ...query, where: is }))).toHaveLength(held.length);
      }
    });

    it('sorts by any terms, and goes on after any row', async () => {
      const value = fc.oneof(text, number, day, moment).filter((each) => each.is !== 'literal');
      const terms = fc.array(fc.record({ value, descending: fc.boolean() }), { maxLength: 3 });
      await fc.assert(
        fc.asyncProperty(terms, fc.integer({ min: 0, max: 90 }), async (first, skip) => {
          const orderBy: SortTerm[] = [...first, { value: column('key'), descending: false }];
          const expected = held.toSorted((a, b) => order(orderBy, a, b)).map((row) => row.key);
          const page = { ...query, orderBy, limit: 40 };
          const one = await archive.sorted({ ...page, after: null, skip });
          expect(one.rows.map((row) => row.key)).toEqual(expected.slice(skip, skip + 40));
          const after = one.keys.at(-1);
          if (after === undefined) return;
          const two = await archive.sorted({ ...page, after, skip: 0 });
          expect(two.rows.map((row) => row.key)).toEqual(expected.slice(skip + one.rows.length).slice(0, 40));
        }),
        runs(25),
      );
    });

    it('groups and puts together exactly', async () => {
      const by = fc.subarray(['currency', 'gameType'], { minLength: 1 });
      const method = fc.constantFrom<Aggregation>('sum', 'min', 'max', 'average', 'countdistinct');
      await fc.assert(
        fc.asyncProperty(by, method, number, condition, async (names, wanted, value, where) => {
          const table = await archive.table({
            rows: { ...query, where },
            steps: [
              {
                step: 'group',
                by: names.map((name) => ({ name, value: column(name) })),
                aggregates: [
                  { name: 'a', of: { method: wanted, value } },
                  { name: 'n', of: { method: 'count' } },
                ],
              },
            ],
            place: { orderBy: [], after: null, skip: 0, limit: 1_000 },
          });
          const groups = new Map<string, Row[]>();
          for (const row of held.filter((each) => isTrue(where, each))) {
            const key = JSON.stringify(names.map((name) => cell(column(name), row)));
            groups.set(key, [...(groups.get(key) ?? []), row]);
          }
          const expected = [...groups].map(([key, members]) => [
            ...(JSON.parse(key) as Cell[]),
            aggregate(
              wanted,
              members.map((row) => cell(value, row)),
            ),
            members.length,
          ]);
          const spelt = (list: readonly (readonly Cell[])[]) =>
            list.map((each) => JSON.stringify(each)).sort();
          expect(spelt(table.rows.map((row) => row.map(plainNumber)))).toEqual(
            spelt(expected.map((row) => row.map(plainNumber))),
          );
        }),
        runs(35),
      );
    });
  });
}

function isTrue(where: Where, row: Row): boolean {
  return truth(where, row) === true;
}

function truth(where: Where, row: Row): boolean | null {
  if (where.op === 'and' || where.op === 'or') {
    const parts = where.of.map((each) => truth(each, row));
    const decisive = where.op === 'or';
    if (parts.includes(decisive)) return decisive;
    return parts.includes(null) ? null : !decisive;
  }
  if (where.op === 'holds') {
    const value = cell(where.value, row);
    return value === null ? null : value === where.is;
  }
  if (where.op !== 'compare') throw new TypeError(`expected an expression, got ${where.op}`);
  return compares(where.by, cell(where.left, row), cell(where.right, row), where);
}

function compares(by: Comparison, a: Cell, b: Cell, where: Extract<Where, { op: 'compare' }>): boolean {
  if (a === null || b === null) return (by === 'eq' && a === b) || (by === 'ne' && a !== b);
  const sign = compareCells(a, b, isNumber(where.left) && isNumber(where.right));
  return { eq: sign === 0, ne: sign !== 0, gt: sign > 0, ge: sign >= 0, lt: sign < 0, le: sign <= 0 }[by];
}

function isNumber(value: Value): boolean {
  if (value.is === 'column') return value.column === 'stake' || value.column === 'refund';
  if (value.is === 'literal') return value.type === 'decimal';
  return value.is === 'call' && !['tolower', 'toupper', 'trim', 'concat', 'date'].includes(value.call);
}

function compareCells(a: Cell, b: Cell, numbers: boolean): number {
  if (a === null || b === null) return Number(a !== null) - Number(b !== null);
  if (numbers) {
    const [left, right] = [exact(a), exact(b)];
    const scale = Math.max(scaleOf(left), scaleOf(right));
    return Math.sign(Number(unitsOf(left, scale) - unitsOf(right, scale)));
  }
  return typeof a === 'string'
    ? Buffer.compare(Buffer.from(a), Buffer.from(`${b}`))
    : a < b
      ? -1
      : a > b
        ? 1
        : 0;
}

function order(terms: readonly SortTerm[], a: Row, b: Row): number {
  for (const { value, descending } of terms) {
    const sign = compareCells(cell(value, a), cell(value, b), isNumber(value));
    if (sign !== 0) return descending ? -sign : sign;
  }
  return 0;
}

const exact = (value: Cell) => String(value) as Decimal;

function cell(value: Value, row: Row): Cell {
  if (value.is === 'literal') return value.value;
  if (value.is === 'column') return (row as unknown as Record<string, Cell>)[value.column] ?? null;
  if (value.is !== 'call') throw new TypeError(`expected no ${value.is}`);
  const [a = null, b = null] = value.of.map((each) => cell(each, row));
  if (a === null || (value.of.length > 1 && b === null)) return null;
  const [left, right] = [String(a), String(b)];
  const date = new Date(Number(a));
  const made: Readonly<Record<typeof value.call, () => Cell>> = {
    contains: () => left.includes(right),
    startswith: () => left.startsWith(right),
    endswith: () => left.endsWith(right),
    tolower: () => left.toLowerCase(),
    toupper: () => left.toUpperCase(),
    trim: () => left.trim(),
    concat: () => left + right,
    length: () => [...left].length,
    indexof: () => {
      const found = left.indexOf(right);
      return found < 0 ? found : [...left.slice(0, found)].length;
    },
    date: () => date.toISOString().slice(0, 10),
    year: () => date.getUTCFullYear(),
    month: () => date.getUTCMonth() + 1,
    day: () => date.getUTCDate(),
    hour: () => date.getUTCHours(),
    minute: () => date.getUTCMinutes(),
    second: () => date.getUTCSeconds(),
    add: () => sum(exact(a), exact(b)),
    sub: () => sum(exact(a), negate(exact(b))),
    neg: () => negate(exact(a)),
    mul: () => {
      const [one, two] = [exact(a), exact(b)];
      return fromUnits(unitsOf(one) * unitsOf(two), scaleOf(one) + scaleOf(two));
    },
    div: () => wholeQuotient(exact(a), exact(b)),
    divby: () => quotient(exact(a), exact(b)),
    mod: () => remainder(exact(a), exact(b)),
  };
  return made[value.call]();
}

function aggregate(method: Aggregation, cells: readonly Cell[]): Cell {
  const values = cells.filter((each) => each !== null);
  if (method === 'countdistinct') return new Set(values.map((each) => plainNumber(exact(each)))).size;
  if (values.length === 0) return null;
  const sorted = values.toSorted((a, b) => compareCells(a, b, true));
  if (method === 'min') return sorted[0]!;
  if (method === 'max') return sorted.at(-1)!;
  const total = sum(...values.map(exact));
  if (method === 'sum') return total;
  const [units, count] = [unitsOf(total, 18), BigInt(values.length)];
  const rest = (units % count) * 2n;
  const away = (rest < 0n ? -rest : rest) >= count ? (units < 0n ? -1n : 1n) : 0n;
  return fromUnits(units / count + away, 18);
}

function plainNumber(value: SortKey): SortKey {
  const spelt = String(value);
  if (!/^-?\d+(\.\d+)?$/.test(spelt)) return value;
  return spelt.includes('.') ? spelt.replace(/\.?0+$/, '') : spelt;
}
