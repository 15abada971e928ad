import { stringify } from 'lossless-json';
import { expect } from 'vitest';
import type { StoredRecord } from '../../../src/archive/archive.ts';
import type { RecordKind, RecordOf } from '../../../src/records/record.ts';
import type { Fault } from '../../../src/sandbox/fault.ts';
import { editBody } from '../../../src/sandbox/fault.ts';
import { editFirst, editRows, sayNone } from './answers.ts';
import { bodyOf, lacking } from './body.ts';
import type { FaultRow, Stage, Trial, Trials } from './fault-row.ts';
import { exact, type FeedUnderTest, type Row } from './feeds.ts';
import type { Harness } from './harness.ts';

const byUser = (rows: readonly StoredRecord[], username: string) =>
  rows.find((row) => row.providerUsername === username);

const isUnknown = (row: StoredRecord | RecordOf[RecordKind]) =>
  'status' in row && (row.status === 'UNKNOWN' || row.outcome === 'UNKNOWN');

/** Reads again once the fault is over: what was set aside or spoilt is then as it should be. */
async function heals(harness: Harness, ghosts = 0): Promise<void> {
  await harness.readAgain();
  await harness.heals(ghosts);
}

/** Some rows cannot be read: they are set aside, the window is not complete, the other rows stand. */
async function setsAside(harness: Harness, fault: Fault, rows: number): Promise<void> {
  harness.inject(fault);
  const { coverage } = await harness.ask();
  expect(coverage).toMatchObject({ complete: false, quarantined: rows });
  expect(coverage.gaps).toMatchObject([{ ...harness.range, reason: 'QUARANTINED' }]);
  expect(await harness.quarantined()).toHaveLength(rows);
  expect(await harness.stored()).toHaveLength(harness.truth().length - rows);
  expect(harness.calls()).toHaveLength(1);
  expect(await harness.drift()).toMatchObject({ quarantined: rows });
  await harness.holds();
}

/** Every row is kept, however odd. */
async function keepsAll(harness: Harness, fault: Fault): Promise<readonly StoredRecord[]> {
  harness.inject(fault);
  expect((await harness.ask()).coverage).toMatchObject({ complete: true, gaps: [], quarantined: 0 });
  const rows = await harness.stored();
  expect(rows).toHaveLength(harness.truth().length);
  return rows;
}

function aside(fault: (under: FeedUnderTest) => Fault, rows: (under: FeedUnderTest) => number): Trial {
  return async ({ open, under }) => {
    const harness = await open();
    await setsAside(harness, fault(under), rows(under));
    await heals(harness);
  };
}

async function keepsExtraFields({ open, under }: Stage): Promise<void> {
  const harness = await open();
  const { odd } = bodyOf(under);
  const withOdd = (row: Row) => ({ ...row, notInTheDocument: odd });
  const rows = await keepsAll(
    harness,
    editRows(under, 'adds a field nobody knows to each row', (all) => all.map(withOdd)),
  );
  for (const { raw } of rows) expect(raw).toContain(`"notInTheDocument":${stringify(odd)}`);
  expect(harness.pieces.map(({ unknownFields }) => unknownFields)).toEqual([['notInTheDocument']]);
  expect(await harness.drift()).toMatchObject({ extra_field: 1 });
  await heals(harness);
  expect(harness.pieces.at(-1)?.unknownFields).toEqual([]);
}

/** The first row as something else; the others stand. */
function replaceFirst(does: string, edit: (row: Row) => unknown) {
  return (under: FeedUnderTest) => editRows(under, does, ([first, ...others]) => [edit(first!), ...others]);
}

const emptyRow = replaceFirst('lists a row without any field', () => ({}));
const noRow = replaceFirst('lists a row that is none', () => '?');
const listsForValues = replaceFirst('lists a row whose fields are lists', (row) =>
  Object.fromEntries(Object.entries(row).map(([name, value]) => [name, [value]])),
);

const without = (name: string) => (row: Row) =>
  Object.fromEntries(Object.entries(row).filter(([key]) => key !== name && key !== 'transferId'));

function missingFields(under: FeedUnderTest): Fault {
  const { id, time, amount } = under;
  return editFirst(under, [id, time, ...(amount === null ? [] : [amount.name])].map(without));
}

async function coercesLosslessly({ open, under }: Stage): Promise<void> {
  const harness = await open();
  const isNumeric = (value: unknown) => /^-?(0|[1-9]\d*)(\.\d+)?$/.test(String(value));
  const retype = (value: unknown) => (typeof value === 'string' ? exact(value) : String(value));
  const retyped = (row: Row) =>
    Object.fromEntries(
      Object.entries(row).map(([name, value]) => [name, isNumeric(value) ? retype(value) : value]),
    );
  await keepsAll(
    harness,
    editRows(under, 'sends numbers as texts and texts as numbers', (rows) => rows.map(retyped)),
  );
  await heals(harness);
}

/** A list of no rows is an empty answer, the field left out never is. */
async function readsEmptyList({ open, under }: Stage): Promise<void> {
  for (const [word, isEmpty] of [
    [[], true],
    [undefined, false],
  ] as const) {
    const harness = await open();
    harness.inject(sayNone(under, word), Number.POSITIVE_INFINITY);
    expect((await harness.ask()).coverage).toMatchObject({ complete: isEmpty, quarantined: 0 });
    expect(await harness.stored()).toEqual([]);
  }
}

/** Null, {} and [] where rows belong are an empty answer; a field left out never is. */
async function readsNone({ open }: Stage, how: 'lenient' | 'strict'): Promise<void> {
  for (const [word, isEmpty] of [
    [[], true],
    [null, how === 'lenient'],
    [{}, how === 'lenient'],
    [undefined, false],
  ] as const) {
    const harness = await open({ options: { emptyAnswers: how } });
    harness.inject(sayNone(harness.under, word), Number.POSITIVE_INFINITY);
    expect((await harness.ask()).coverage).toMatchObject({ complete: isEmpty, quarantined: 0 });
    expect(await harness.stored()).toEqual([]);
  }
}

async function keepsUnknownValues({ open, under }: Stage): Promise<void> {
  const harness = await open();
  const rows = await keepsAll(harness, editFirst(under, [(row) => ({ ...row, ...under.unknown!.row })]));
  expect(byUser(rows, 'row0')).toMatchObject(under.unknown!.record);
  const { unknown_value: counted } = await harness.drift();
  // With the row on the window's end, which the answer lists as well.
  const listed = harness.pieces.flatMap((piece) => piece.rows);
  expect(counted).toBe(listed.filter(isUnknown).length || undefined);
  await heals(harness);
}

const money = (under: FeedUnderTest) => under.amount!;
const text = (value: string): unknown => value;

/** Sets the amount of the first rows; the values are what the JSON holds. */
function amounts(under: FeedUnderTest, values: readonly unknown[]): Fault {
  return editFirst(
    under,
    values.map((value) => (row) => ({ ...row, [money(under).name]: value })),
  );
}

function readsAmounts(expected: Readonly<Record<string, string>>): Trial {
  return async ({ open, under }) => {
    const harness = await open();
    const spellings = Object.keys(expected);
    const rows = await keepsAll(harness, amounts(under, [...spellings.map(exact), ...spellings.map(text)]));
    const given = [...spellings, ...spellings].map((_, index) => {
      const row = byUser(rows, `row${index}`);
      return row === undefined ? null : money(under).of(row);
    });
    expect(given).toEqual([...Object.values(expected), ...Object.values(expected)]);
    await heals(harness);
  };
}

async function keepsUnknownCurrency({ open, under }: Stage): Promise<void> {
  const harness = await open();
  const tiny = '0.000000000000000001';
  const currency = under.currency === null ? {} : { [under.currency]: 'XQZ' };
  const rows = await keepsAll(
    harness,
    editFirst(under, [(row) => ({ ...row, ...currency, [money(under).name]: exact(tiny) })]),
  );
  const row = byUser(rows, 'row0')!;
  expect(money(under).of(row)).toBe(tiny);
  if (under.currency !== null) expect(row).toMatchObject({ currency: 'XQZ' });
  await heals(harness);
}

async function keepsLongIds({ open, under }: Stage): Promise<void> {
  const harness = await open();
  const digits = '9007199254740993123';
  const id = bodyOf(under).number(digits);
  const rows = await keepsAll(
    harness,
    editFirst(under, [(row) => ({ ...without(under.id)(row), [under.id]: id })]),
  );
  expect(byUser(rows, 'row0')?.key).toContain(digits);
  expect(byUser(rows, 'row0')?.raw).toContain(`"${under.id}":${stringify(id)}`);
  await heals(harness, 1);
}

async function refusesBareNaN({ open, under }: Stage): Promise<void> {
  const harness = await open();
  harness.inject(
    editBody('sends a number JSON does not have', (body) =>
      body.replace(new RegExp(`"${under.user}":("[^"]*"|\\d+)`), `"${under.user}":NaN`),
    ),
  );
  expect((await harness.ask()).coverage).toMatchObject({ complete: true, quarantined: 0 });
  expect(harness.attempts.map(({ upstreamCode }) => upstreamCode)).toContain('NOT_JSON');
  await harness.heals();
}

const noMoney = ({ amount }: FeedUnderTest) => (amount === null ? 'its rows carry no money' : null);
const longest = '12345678901234567890.123456789012345678';
const tooLong = '9'.repeat(1_000_000);
const setsOverlongAside = aside(
  (under) => amounts(under, ['NaN', 'Infinity', tooLong, exact(tooLong)]),
  () => 4,
);
const noNumbers = ['NaN', 'Infinity', tooLong];

function setsNumbersAside(name: string): Trial {
  const edits = noNumbers.map((value) => (row: Row) => ({ ...row, [name]: value }));
  return aside(
    (under) => editFirst(under, edits),
    () => noNumbers.length,
  );
}

const otherTypes = (under: FeedUnderTest): Trials => ({
  'numbers and their texts are read alike': { play: coercesLosslessly, notFor: lacking('numbers') },
  'lists in the place of values are set aside': {
    play: aside(listsForValues, () => 1),
    notFor: lacking('lists'),
  },
  'null, {} or [] where rows belong is an empty answer, an absent field is not': {
    play: (stage) => readsNone(stage, 'lenient'),
    notFor: lacking('null'),
  },
  'told to be strict, only [] is': { play: (stage) => readsNone(stage, 'strict'), notFor: lacking('null') },
  ...(lacking('null')(under) === null
    ? {}
    : { 'a list of no rows is an empty answer, an absent list is not': readsEmptyList }),
});

export const rows: readonly FaultRow[] = [
  {
    id: 14,
    fault: 'a field nobody knows',
    trials: { 'kept in raw and told by name, nothing fails': keepsExtraFields },
  },
  {
    id: 15,
    fault: 'a required field missing',
    trials: {
      'the row is set aside, the others stand': aside(missingFields, ({ amount }) =>
        amount === null ? 2 : 3,
      ),
      'so is an empty row': aside(emptyRow, () => 1),
      'so is what is no row': aside(noRow, () => 1),
    },
  },
  {
    id: 16,
    fault: 'a field of another type',
    trials: otherTypes,
  },
  {
    id: 17,
    fault: 'an unknown status or type',
    trials: { 'kept as it is, UNKNOWN to the graph': keepsUnknownValues },
    notFor: ({ unknown }) => (unknown === null ? 'its rows have no status and no type' : null),
  },
  {
    id: 18,
    fault: 'an unknown currency, 18 decimals',
    trials: { 'the code and every digit are kept': keepsUnknownCurrency },
    notFor: noMoney,
  },
  {
    id: 19,
    fault: 'ids and amounts beyond 2^53',
    trials: ({ amount }) => ({
      'an id keeps its last digit': keepsLongIds,
      ...(amount === null ? {} : { 'so does an amount': readsAmounts({ [longest]: longest }) }),
    }),
  },
  {
    id: 20,
    fault: 'odd spellings of amounts',
    trials: {
      'exponents and minus zero are read': readsAmounts({ '1e-7': '0.0000001', '1E+3': '1000', '-0': '0' }),
      'a locale’s forms, spaces, nothing and null are set aside': aside(
        (under) => amounts(under, ['1,234.50', ' 1.0 ', '', null]),
        () => 4,
      ),
    },
    notFor: noMoney,
  },
  {
    id: 21,
    fault: 'NaN, Infinity, a million digits',
    trials: ({ amount, number }) => ({
      'a body with a bare NaN is asked for again': { play: refusesBareNaN, notFor: lacking('bareWords') },
      ...(number === undefined ? {} : { 'rows with such a number are set aside': setsNumbersAside(number) }),
      ...(amount === null ? {} : { 'rows with such an amount are set aside': setsOverlongAside }),
    }),
  },
  {
    id: 34,
    fault: 'times that cannot be',
    trials: {
      'such rows are set aside': aside(
        (under) =>
          editFirst(
            under,
            under.nonsenseTimes.map((value) => (row) => ({ ...row, [under.time]: value })),
          ),
        ({ nonsenseTimes }) => nonsenseTimes.length,
      ),
    },
  },
];
