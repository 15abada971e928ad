import { stringify } from 'lossless-json';
import { expect } from 'vitest';
import { editFirst, editRows } from './answers.ts';
import type { FaultRow, Stage } from './fault-row.ts';
import type { Row } from './feeds.ts';
import type { Harness } from './harness.ts';

const DAY = 86_400_000;

/** Reads the window as it is, so that what comes next is a change. */
async function begin({ open }: Stage): Promise<Harness> {
  const harness = await open();
  expect((await harness.ask()).coverage.complete).toBe(true);
  return harness;
}

const only = <T>(rows: readonly T[]): T => {
  expect(rows).toHaveLength(1);
  return rows[0]!;
};

async function newestStands(stage: Stage): Promise<void> {
  const { under } = stage;
  const harness = await begin(stage);
  const before = await harness.stored();
  const { from } = harness.range;
  harness.inject(
    editRows(under, 'corrects its first row', ([first, ...rows]) => [under.corrected(first!, from), ...rows]),
  );
  await harness.readAgain();
  expect(harness.commits.at(-1)).toMatchObject({ inserted: 0, changed: 1, vanished: 0 });
  const raws = new Set(before.map((row) => row.raw));
  const corrected = only((await harness.stored()).filter((row) => !raws.has(row.raw)));
  const { kind, account } = harness.feed;
  const id = { account: account.id, key: corrected.key };
  const former = only(before.filter((row) => row.key === corrected.key));
  expect(await harness.archive.history(kind, id)).toMatchObject([{ record: { raw: former.raw } }]);
  // The older version again: it comes too late where the provider tells versions apart.
  await harness.readAgain();
  const now = only((await harness.stored()).filter((row) => row.key === corrected.key));
  expect(now.raw).toBe(under.versioned ? corrected.raw : former.raw);
  expect(await harness.stored()).toHaveLength(before.length);
  await harness.holds();
}

async function keepsAccountsApart(stage: Stage): Promise<void> {
  const harness = await begin(stage);
  expect((await harness.ask({ feed: harness.twin })).coverage.complete).toBe(true);
  const [mine, theirs] = [await harness.stored(), await harness.stored(harness.twin)];
  expect(theirs.map((row) => row.key)).toEqual(mine.map((row) => row.key));
  expect(new Set([...mine, ...theirs].map((row) => row.account)).size).toBe(2);
  await harness.heals();
}

async function takesLateRows({ open, under }: Stage): Promise<void> {
  const harness = await open({ finalAfterMs: DAY });
  harness.inject(editRows(under, 'lists no rows yet', () => []));
  expect((await harness.ask()).coverage).toMatchObject({ complete: true, final: false });
  expect(await harness.stored()).toEqual([]);
  await harness.readAgain(DAY);
  const listed = harness.truth({ from: harness.range.from, to: harness.range.to + 1 });
  expect(harness.commits.at(-1)).toMatchObject({ inserted: listed.length, changed: 0 });
  expect(harness.commits.at(-1)?.late).toBe(harness.truth().length);
  expect((await harness.ask()).coverage).toMatchObject({ complete: true, final: true });
  await harness.heals();
}

async function noticesChange(stage: Stage): Promise<void> {
  const { under } = stage;
  const harness = await begin(stage);
  const before = await harness.stored();
  harness.inject(editFirst(under, [(row: Row) => ({ ...row, ...under.changed })]));
  await harness.readAgain();
  expect(harness.commits.at(-1)).toMatchObject({ inserted: 0, changed: 1, moved: 0, vanished: 0 });
  const changed = only((await harness.stored()).filter((row) => row.providerUsername === 'row0'));
  for (const [name, value] of Object.entries(under.changed)) {
    expect(changed.raw).toContain(`"${name}":${stringify(value)}`);
  }
  const former = only(before.filter((row) => row.key === changed.key));
  expect(changed.archivedAt).toBeGreaterThan(former.archivedAt);
  await harness.readAgain();
  await harness.heals();
}

async function marksVanished(stage: Stage): Promise<void> {
  const harness = await begin(stage);
  harness.inject(editRows(stage.under, 'no longer lists its first row', ([, ...rows]) => rows));
  await harness.readAgain();
  expect(harness.commits.at(-1)).toMatchObject({ inserted: 0, changed: 0, vanished: 1 });
  const gone = only((await harness.stored()).filter((row) => row.vanishedAt !== null));
  expect(gone.raw).toBe(harness.truth()[0]);
  await harness.readAgain();
  await harness.heals();
}

export const changes: readonly FaultRow[] = [
  {
    id: 23,
    fault: 'a correction under the same id',
    trials: { 'the later version stands, the former is kept': newestStands },
  },
  { id: 24, fault: 'one id in two accounts', trials: { 'two rows': keepsAccountsApart } },
  {
    id: 28,
    fault: 'rows that come late',
    trials: { 'a revisit brings them; only the last makes the window final': takesLateRows },
  },
  {
    id: 29,
    fault: 'a row changed after it settled',
    trials: { 'a revisit brings the change, told by archivedAt': noticesChange },
  },
  {
    id: 30,
    fault: 'rows the provider deletes',
    trials: { 'kept and marked, and unmarked when they are back': marksVanished },
  },
];
