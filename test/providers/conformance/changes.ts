import { stringify } from 'lossless-json';
import { expect } from 'vitest';
import { editFirst, editRows } from './answers.ts';
import type { FaultRow, Stage } from './fault-row.ts';
import type { Row } from './feeds.ts';
import type { Harness } from './harness.ts';

const DAY = 86_400_000;

/** Reads the window as it is, so that what comes next is a change. */
async function begin({ open }: Stage): Promise<Harness> {
  const scene = await open();
  expect((await scene.ask()).coverage.complete).toBe(true);
  return scene;
}

const only = <T>(rows: readonly T[]): T => {
  expect(rows).toHaveLength(1);
  return rows[0]!;
};

async function newestStands(stage: Stage): Promise<void> {
  const { under } = stage;
  const scene = await begin(stage);
  const before = await scene.stored();
  const { from } = scene.range;
  scene.inject(
    editRows(under, 'corrects its first row', ([first, ...rows]) => [under.corrected(first!, from), ...rows]),
  );
  await scene.readAgain();
  expect(scene.commits.at(-1)).toMatchObject({ inserted: 0, changed: 1, vanished: 0 });
  const raws = new Set(before.map((row) => row.raw));
  const corrected = only((await scene.stored()).filter((row) => !raws.has(row.raw)));
  const { kind, account } = scene.feed;
  const id = { account: account.id, key: corrected.key };
  const former = only(before.filter((row) => row.key === corrected.key));
  expect(await scene.archive.history(kind, id)).toMatchObject([{ record: { raw: former.raw } }]);
  // The older version again: it comes too late where the provider tells versions apart.
  await scene.readAgain();
  const now = only((await scene.stored()).filter((row) => row.key === corrected.key));
  expect(now.raw).toBe(under.versioned ? corrected.raw : former.raw);
  expect(await scene.stored()).toHaveLength(before.length);
  await scene.holds();
}

async function keepsAccountsApart(stage: Stage): Promise<void> {
  const scene = await begin(stage);
  expect((await scene.ask({ feed: scene.twin })).coverage.complete).toBe(true);
  const [mine, theirs] = [await scene.stored(), await scene.stored(scene.twin)];
  expect(theirs.map((row) => row.key)).toEqual(mine.map((row) => row.key));
  expect(new Set([...mine, ...theirs].map((row) => row.account)).size).toBe(2);
  await scene.heals();
}

async function takesLateRows({ open, under }: Stage): Promise<void> {
  const scene = await open({ finalAfterMs: DAY });
  scene.inject(editRows(under, 'lists no rows yet', () => []));
  expect((await scene.ask()).coverage).toMatchObject({ complete: true, final: false });
  expect(await scene.stored()).toEqual([]);
  await scene.readAgain(DAY);
  const listed = scene.truth({ from: scene.range.from, to: scene.range.to + 1 });
  expect(scene.commits.at(-1)).toMatchObject({ inserted: listed.length, changed: 0 });
  expect(scene.commits.at(-1)?.late).toBe(scene.truth().length);
  expect((await scene.ask()).coverage).toMatchObject({ complete: true, final: true });
  await scene.heals();
}

async function noticesChange(stage: Stage): Promise<void> {
  const { under } = stage;
  const scene = await begin(stage);
  const before = await scene.stored();
  scene.inject(editFirst(under, [(row: Row) => ({ ...row, ...under.changed })]));
  await scene.readAgain();
  expect(scene.commits.at(-1)).toMatchObject({ inserted: 0, changed: 1, moved: 0, vanished: 0 });
  const changed = only((await scene.stored()).filter((row) => row.providerUsername === 'row0'));
  for (const [name, value] of Object.entries(under.changed)) {
    expect(changed.raw).toContain(`"${name}":${stringify(value)}`);
  }
  const former = only(before.filter((row) => row.key === changed.key));
  expect(changed.archivedAt).toBeGreaterThan(former.archivedAt);
  await scene.readAgain();
  await scene.heals();
}

async function marksVanished(stage: Stage): Promise<void> {
  const scene = await begin(stage);
  scene.inject(editRows(stage.under, 'no longer lists its first row', ([, ...rows]) => rows));
  await scene.readAgain();
  expect(scene.commits.at(-1)).toMatchObject({ inserted: 0, changed: 0, vanished: 1 });
  const gone = only((await scene.stored()).filter((row) => row.vanishedAt !== null));
  expect(gone.raw).toBe(scene.truth()[0]);
  await scene.readAgain();
  await scene.heals();
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
