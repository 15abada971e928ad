import type { Doubt } from '../../records/contradiction.ts';
import type { Interval } from '../../records/interval.ts';
import { tableName } from '../../records/shape.ts';
import type { FeedDoubt, FeedKey } from '../archive.ts';
import { createBinder, type Dialect, type Statement } from './dialect.ts';
import { type Cells, rowsOf } from './records.ts';
import type { Transacting } from './transacting.ts';

const columns = [
  ...['account', 'kind', 'key', 'axis_at', 'state'],
  ...['listed_at', 'missed_at', 'missed_read_at', 'restorations', 'awaits_admin'],
];

/** Doubts of some accounts about rows of a span. */
export function doubtsStatement(
  dialect: Dialect,
  accounts: readonly string[],
  { from, to }: Interval,
): Statement {
  const binder = createBinder(dialect);
  const text = `${selectDoubts(dialect)} WHERE ${binder.oneOf('account', 'text', accounts)} AND state = 'CONTRADICTED'
    AND axis_at >= ${binder.bind('int', from)} AND axis_at < ${binder.bind('int', to)} ORDER BY axis_at, key`;
  return { text, values: binder.values };
}

/** Keys of rows with when they were listed last: doubts know it by the provider's clock. */
export function lastListedStatement(
  dialect: Dialect,
  { account, kind }: FeedKey,
  keys: readonly string[],
): Statement {
  const binder = createBinder(dialect);
  const [ofAccount, ofKind] = [binder.bind('text', account), binder.bind('text', kind)];
  const text = `
    SELECT t.key, ${dialect.cell('d.listed_at', 'int')}, ${dialect.cell('t.read_at', 'time')}
    FROM ${tableName[kind]} AS t LEFT JOIN doubts AS d
      ON d.account = t.account AND d.kind = ${ofKind} AND d.key = t.key AND d.state <> 'RESTORED'
    WHERE t.account = ${ofAccount} AND t.key IN (SELECT unnest(${binder.bind('texts', keys)}))`;
  return { text, values: binder.values };
}

export function toLastListed(cells: Cells): ReadonlyMap<string, number> {
  return new Map(
    rowsOf(cells).map(([key, listedAt, readAt]) => [String(key), Number(listedAt ?? readAt)] as const),
  );
}

export function toDoubts(cells: Cells): FeedDoubt[] {
  return rowsOf(cells).map(
    ([account, kind, key, axisAt, state, listedAt, missedAt, missedReadAt, restorations, awaitsAdmin]) => ({
      account: String(account),
      kind: kind as FeedKey['kind'],
      key: String(key),
      axisAt: Number(axisAt),
      state: state as Doubt['state'],
      listedAt: Number(listedAt),
      missedAt: Number(missedAt),
      missedReadAt: Number(missedReadAt),
      restorations: Number(restorations),
      awaitsAdmin: awaitsAdmin === true,
    }),
  );
}

function selectDoubts(dialect: Dialect): string {
  const cells = columns.map((name) => (/_at$|^restorations$/.test(name) ? dialect.cell(name, 'int') : name));
  return `SELECT ${cells.join(', ')} FROM doubts`;
}

/** A feed's doubts by their rows' keys, few as they are: of rows in doubt, withdrawn or restored. */
export async function doubtsOf(
  on: Transacting,
  { account, kind }: FeedKey,
): Promise<ReadonlyMap<string, Doubt>> {
  const binder = createBinder(on.dialect);
  const text = `${selectDoubts(on.dialect)} WHERE account = ${binder.bind('text', account)} AND kind = ${binder.bind('text', kind)}`;
  const found = toDoubts(await on.read({ text, values: binder.values }));
  return new Map(found.map(({ account: _, kind: __, ...doubt }) => [doubt.key, doubt]));
}

export async function rememberDoubt(
  on: Transacting,
  { account, kind }: FeedKey,
  doubt: Doubt,
): Promise<void> {
  const binder = createBinder(on.dialect);
  const { key, axisAt, state, listedAt, missedAt, missedReadAt, restorations, awaitsAdmin } = doubt;
  const values = [
    ...[account, kind, key].map((text) => binder.bind('text', text)),
    binder.bind('int', axisAt),
    binder.bind('text', state),
    ...[listedAt, missedAt, missedReadAt, restorations].map((count) => binder.bind('int', Math.trunc(count))),
    binder.bind('bool', awaitsAdmin),
  ];
  await on.run({
    text: `INSERT INTO doubts (${columns.join(', ')}) VALUES (${values.join(', ')})`,
    values: binder.values,
  });
}

export async function forgetDoubts(
  on: Transacting,
  { account, kind }: FeedKey,
  keys: readonly string[],
): Promise<void> {
  if (keys.length === 0) return;
  const binder = createBinder(on.dialect);
  const text = `DELETE FROM doubts WHERE account = ${binder.bind('text', account)} AND kind = ${binder.bind('text', kind)}
    AND key IN (SELECT unnest(${binder.bind('texts', keys)}))`;
  await on.run({ text, values: binder.values });
}
