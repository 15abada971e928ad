import type { FieldType } from '../../records/field.ts';
import type { Migration } from './migration.ts';

// Released migrations are made of these: what is here stays as it is.
const types: Readonly<Record<FieldType, readonly [postgres: string, duckdb: string]>> = {
  text: ['text COLLATE "C"', 'VARCHAR'],
  texts: ['text COLLATE "C"', 'VARCHAR'],
  decimal: ['numeric', 'DECIMAL(38, 18)'],
  time: ['timestamptz', 'TIMESTAMP'],
  int: ['bigint', 'BIGINT'],
  bool: ['boolean', 'BOOLEAN'],
};

/**
 * What gives a kind's rows and their history more fields, all null in the rows that are there: by their columns' names
 * in SQL, each with its type; `summed` is an amount of bets that totals add up, which roll-ups get as well.
 */
export function addFields(
  table: 'bets' | 'transfers' | 'failures',
  fields: Readonly<Record<string, FieldType | 'summed'>>,
): Pick<Migration, 'postgres' | 'duckdb'> {
  const postgres: string[] = [];
  const duckdb: string[] = [];
  for (const [column, kind] of Object.entries(fields)) {
    const type = kind === 'summed' ? 'decimal' : kind;
    for (const own of [table, `${table}_history`]) {
      postgres.push(`ALTER TABLE ${own} ADD COLUMN ${column} ${types[type][0]};`);
      duckdb.push(`ALTER TABLE ${own} ADD COLUMN ${column} ${types[type][1]};`);
      // The scale an amount was sent with lies beside it.
      if (type === 'decimal') duckdb.push(`ALTER TABLE ${own} ADD COLUMN ${column}_scale UTINYINT;`);
    }
    if (kind === 'summed') postgres.push(...rollUpsOf(column));
  }
  return { postgres: postgres.join('\n'), duckdb: duckdb.join('\n') };
}

// Nothing has been sent yet: every sum is zero, and no value has a scale.
function rollUpsOf(column: string): string[] {
  return ['bet_quarters', 'bet_hours', 'bet_days'].map(
    (tier) => `ALTER TABLE ${tier} ADD COLUMN ${column} numeric NOT NULL DEFAULT 0,
  ADD COLUMN ${column}_scales numeric NOT NULL DEFAULT 0;
ALTER TABLE ${tier} ADD COLUMN ${column}_scale smallint GENERATED ALWAYS AS (
  CASE WHEN ${column}_scales > 0 THEN (length(${column}_scales::text) - 1) / 8 END) STORED;`,
  );
}
