import type { FeedMapping } from '../admin.ts';
import type { FeedKey } from '../archive.ts';
import { createBinder, type Dialect, type Statement } from './dialect.ts';
import { type Cells, rowsOf } from './records.ts';
import type { Transacting } from './transacting.ts';

export const mappingsStatement: Statement = {
  text: 'SELECT account, options, under_way FROM mappings ORDER BY account',
  values: [],
};

export function toMappings(cells: Cells): FeedMapping[] {
  return rowsOf(cells).map(([account, options, isUnderWay]) => ({
    account: String(account),
    options: String(options),
    isUnderWay: isUnderWay === true,
  }));
}

export function writeMappingStatement(
  dialect: Dialect,
  { account, options, isUnderWay }: FeedMapping,
): Statement {
  const binder = createBinder(dialect);
  const values = [
    binder.bind('text', account),
    binder.bind('text', options),
    binder.bind('bool', isUnderWay),
  ];
  return {
    text: `INSERT INTO mappings (account, options, under_way) VALUES (${values.join(', ')})
      ON CONFLICT (account) DO UPDATE SET options = excluded.options, under_way = excluded.under_way`,
    values: binder.values,
  };
}

/** Lets a feed hold nothing, and doubt nothing: what was read by another time has to be read again. */
export function forgetLedgerStatements(dialect: Dialect, { account, kind }: FeedKey): Statement[] {
  return ['intervals', 'doubts'].map((table) => {
    const binder = createBinder(dialect);
    const text = `DELETE FROM ${table} WHERE account = ${binder.bind('text', account)} AND kind = ${binder.bind('text', kind)}`;
    return { text, values: binder.values };
  });
}

/** Says of rows just written that an option made them, and forgets doubts under keys they no longer have. */
export async function markRemapped(
  on: Pick<Transacting, 'dialect' | 'run'>,
  { account, kind, table }: FeedKey & { readonly table: string },
  written: readonly string[],
  left: readonly string[],
): Promise<void> {
  const binder = createBinder(on.dialect);
  const text = `UPDATE ${table} SET cause = 'CONFIGURATION' WHERE account = ${binder.bind('text', account)}
    AND key IN (SELECT unnest(${binder.bind('texts', written)}))`;
  await on.run({ text, values: binder.values });
  if (left.length === 0) return;
  const forgetting = createBinder(on.dialect);
  await on.run({
    text: `DELETE FROM doubts WHERE account = ${forgetting.bind('text', account)} AND kind = ${forgetting.bind('text', kind)}
      AND key IN (SELECT unnest(${forgetting.bind('texts', left)}))`,
    values: forgetting.values,
  });
}
