import type { Verdicts } from '../../records/contradiction.ts';
import { tableName } from '../../records/shape.ts';
import type { Commit } from '../archive.ts';
import { createBinder } from './dialect.ts';
import { forgetDoubts, rememberDoubt } from './doubts.ts';
import type { UnlistedRow } from './judge-reading.ts';
import type { Transacting } from './transacting.ts';

/** Marks rows that a read does not list; returns how many were not marked before. */
export async function markVanished(
  on: Transacting,
  { account, kind, readAt }: Commit,
  unlisted: readonly UnlistedRow[],
): Promise<number> {
  const keys = unlisted.filter(({ isMarked }) => !isMarked).map(({ key }) => key);
  if (keys.length === 0) return 0;
  const binder = createBinder(on.dialect);
  const text = `UPDATE ${tableName[kind]} SET vanished_at = ${binder.bind('time', readAt)}
    WHERE account = ${binder.bind('text', account)} AND key IN (SELECT unnest(${binder.bind('texts', keys)}))`;
  await on.run({ text, values: binder.values });
  return keys.length;
}

/**
 * Carries verdicts out, with `at` as the time of archiving of what they change. Rows whose keys were `written` by the
 * commit stand again as they were listed.
 */
export async function applyVerdicts(
  on: Transacting,
  { account, kind, readAt, doubting }: Commit,
  { doubts, cleared, withdraw, ...verdicts }: Verdicts,
  written: ReadonlySet<string>,
  at: number,
): Promise<void> {
  const restore = verdicts.restore.filter((key) => !written.has(key));
  const moving = [...withdraw, ...restore];
  if (moving.length > 0) await on.keepVersions(moving, readAt);
  const change = async (
    keys: readonly string[],
    set: (binder: ReturnType<typeof createBinder>) => string,
  ) => {
    if (keys.length === 0) return;
    const binder = createBinder(on.dialect);
    const text = `UPDATE ${tableName[kind]} SET ${set(binder)} WHERE account = ${binder.bind('text', account)}
      AND key IN (SELECT unnest(${binder.bind('texts', keys)}))`;
    await on.run({ text, values: binder.values });
  };
  if (withdraw.length > 0) await on.recount(withdraw, -1);
  const cause = doubting?.byAdmin === true ? "'ADMIN'" : 'NULL';
  await change(withdraw, (binder) => {
    const now = binder.bind('time', at);
    return `archived_at = ${now}, withdrawn_at = ${now}, change = 'WITHDRAWN', cause = ${cause}`;
  });
  await change(
    restore,
    (binder) =>
      `archived_at = ${binder.bind('time', at)}, withdrawn_at = NULL, vanished_at = NULL, change = 'RESTORED', cause = NULL`,
  );
  if (restore.length > 0) await on.recount(restore, 1);
  await forgetDoubts(on, { account, kind }, [...cleared, ...doubts.map(({ key }) => key)]);
  for (const doubt of doubts) await rememberDoubt(on, { account, kind }, doubt);
}
