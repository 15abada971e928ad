import { expect } from 'vitest';
import type { Fault } from '../../../src/sandbox/fault.ts';
import { editRows, editTree, stuck, unspoilt } from './answers.ts';
import type { FaultRow, Stage } from './fault-row.ts';
import { exact, type FeedUnderTest, type Row } from './feeds.ts';
import type { Harness } from './harness.ts';

// Twenty rows a window, and the one on its edge: three pages.
const PAGE_SIZE = 8;
const PAGES = 3;

const whole = ({ pageOption }: FeedUnderTest) => (pageOption === null ? 'its answers come whole' : null);
const steady = (under: FeedUnderTest) => whole(under) ?? under.cursor?.steady ?? null;
const noTotal = ({ total }: FeedUnderTest) =>
  total === null ? 'its answers do not say how many rows there are' : null;
const same = (count: number) => count;

/** The pages contradict each other: they are read again, and no row is lost or counted twice. */
async function passesAgain(harness: Harness): Promise<void> {
  expect((await harness.ask()).coverage).toMatchObject({ complete: true, gaps: [], quarantined: 0 });
  expect(harness.calls().length).toBeGreaterThan(PAGES);
  expect(harness.commits).toHaveLength(1);
  await harness.heals();
}

/** What an answer lists: the row at the window's end with it. */
const listed = ({ range }: Harness) => ({ from: range.from, to: range.to + 1 });

/** Notes the last row of the page it meets, for the page after it. */
function noteLast(under: FeedUnderTest, note: (row: Row) => void): Fault {
  return editRows(under, 'answers as it should', (rows) => {
    note(rows.at(-1)!);
    return rows;
  });
}

async function countsOnceWithin({ open, under }: Stage): Promise<void> {
  const harness = await open();
  harness.inject(editRows(under, 'lists its first row twice', ([first, ...rows]) => [first, first, ...rows]));
  expect((await harness.ask()).coverage).toMatchObject({ complete: true, gaps: [] });
  expect(harness.commits).toMatchObject([{ inserted: harness.truth(listed(harness)).length, duplicates: 1 }]);
  expect(await harness.drift()).toMatchObject({ duplicate: 1 });
  await harness.heals();
}

async function countsOnce({ open, under }: Stage): Promise<void> {
  const harness = await open({ pageSize: PAGE_SIZE });
  let last: Row = {};
  harness.inject(
    noteLast(under, (row) => {
      last = row;
    }),
  );
  harness.inject(editRows(under, 'begins with the row before', (rows) => [last, ...rows.slice(0, -1)], same));
  await passesAgain(harness);
}

/** What an answer that goes on completes is archived at once: nothing is read again, and nothing is there twice. */
async function countsOnceAcross({ open, under }: Stage): Promise<void> {
  const harness = await open({ pageSize: PAGE_SIZE });
  let last: Row = {};
  harness.inject(
    noteLast(under, (row) => {
      last = row;
    }),
  );
  harness.inject(editRows(under, 'begins with the row before', (rows) => [last, ...rows]));
  expect((await harness.ask()).coverage).toMatchObject({ complete: true, gaps: [], quarantined: 0 });
  expect(harness.calls()).toHaveLength(PAGES);
  const inserted = harness.commits.reduce((sum, commit) => sum + commit.inserted, 0);
  expect(inserted).toBe(harness.truth(listed(harness)).length);
  await harness.heals();
}

/** A row comes in before the offset: the second page begins with what was the end of the first. */
async function seesInsertion({ open, under }: Stage): Promise<void> {
  const harness = await open({ pageSize: PAGE_SIZE });
  const late = JSON.parse(harness.truth()[PAGE_SIZE] ?? 'null') as Row;
  harness.inject(
    editRows(
      under,
      'lacks its first row',
      ([, ...rows]) => [...rows, late],
      (count) => count - 1,
    ),
  );
  await passesAgain(harness);
}

async function goesOnAfterEmpty({ open, under }: Stage): Promise<void> {
  const harness = await open({ pageSize: PAGE_SIZE });
  harness.inject(unspoilt);
  harness.inject(editRows(under, 'lists no rows on its second page', () => [], same));
  await passesAgain(harness);
}

/** An answer without rows that says how to go on is not the last. */
async function goesOnWhereTold({ open, under }: Stage): Promise<void> {
  const harness = await open({ pageSize: PAGE_SIZE });
  harness.inject(unspoilt);
  harness.inject(editTree(under, 'has no rows yet, and says how to go on', under.cursor!.emptied));
  expect((await harness.ask()).coverage).toMatchObject({ complete: true, gaps: [], quarantined: 0 });
  expect(harness.calls()).toHaveLength(PAGES + 1);
  await harness.heals();
}

const busy = { pageSize: 2, rowsPerMinute: 180, limits: { grid: 4_000 } };

/** Never an end, never a loop: a gap that says so, after a number of calls that can be counted. */
async function stopsLooping({ open, under }: Stage, fault: Fault): Promise<void> {
  const harness = await open(busy);
  const range = { from: harness.range.from, to: harness.range.from + 4_000 };
  harness.inject(fault, Number.POSITIVE_INFINITY);
  const { coverage, held } = await harness.ask({ range });
  if (under.cursor === undefined) {
    expect(coverage.gaps).toMatchObject([{ ...range, reason: 'TOO_MANY_ROWS' }]);
    expect(held).toEqual([]);
  } else {
    // What the first answer completed stands.
    expect(coverage.complete).toBe(false);
    expect(coverage.gaps.at(-1)).toMatchObject({ to: range.to, reason: 'TOO_MANY_ROWS' });
    await harness.holds();
  }
  expect(harness.calls().length).toBeLessThan(150);
  harness.server.heal(under.provider.name);
  harness.clock.leap(700_000);
  expect((await harness.ask({ range })).coverage).toMatchObject({ complete: true, gaps: [] });
  const listed = (await harness.stored()).filter((row) => row.vanishedAt === null && row.axisAt < range.to);
  expect(listed.map((row) => row.raw).sort()).toEqual([...harness.truth(range)].sort());
}

function endless(under: FeedUnderTest): Fault {
  const seen: Row[] = [];
  let made = 0;
  const unheardOf = (row: Row) => {
    made += 1;
    return { ...row, [under.id]: exact(String(made)) };
  };
  return editRows(
    under,
    'lists rows unheard of on every page',
    (rows) => {
      seen.push(...rows);
      return seen.slice(0, busy.pageSize).map(unheardOf);
    },
    // Never a number that so many rows a page come to.
    (count) => count + 1 - (count % busy.pageSize),
  );
}

export const pages: readonly FaultRow[] = [
  {
    id: 22,
    fault: 'a row listed twice',
    trials: ({ pageOption, cursor }) => {
      if (pageOption === null) return { 'archived once': countsOnceWithin };
      return { 'archived once': cursor === undefined ? countsOnce : countsOnceAcross };
    },
  },
  {
    id: 25,
    fault: 'rows inserted while pages are read',
    trials: { 'the pages are read again until they agree': seesInsertion },
    notFor: steady,
  },
  {
    id: 26,
    fault: 'pages without end',
    trials: {
      'the same page over again is noticed': (stage) => stopsLooping(stage, stuck()),
      'so are more rows than the provider says it has': {
        play: (stage) => stopsLooping(stage, endless(stage.under)),
        notFor: noTotal,
      },
    },
    notFor: whole,
  },
  {
    id: 27,
    fault: 'an empty page in the middle',
    trials: ({ cursor }) => ({
      'is not taken for the end': cursor === undefined ? goesOnAfterEmpty : goesOnWhereTold,
    }),
    notFor: whole,
  },
];
