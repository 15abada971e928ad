import type { Migration } from './migration.ts';

const tables = ['bets', 'transfers', 'failures'].flatMap((table) => [table, `${table}_history`]);
const rename = (table: string) => `ALTER TABLE ${table} RENAME COLUMN axis_at TO counted_at;\n`;

// Only bets can be listed by another time than they count by: those of a VertexPlay account that is asked by bet time.
const parted = ['bets', 'bets_history']
  .map(
    (table) =>
      `UPDATE ${table} SET axis_at = counted_at, counted_at = settled_at WHERE settled_at <> counted_at;\n`,
  )
  .join('');

/**
 * The time rows count by apart from the one their feed lists them by: `counted_at` is what ranges select and lists are
 * ordered by, `axis_at` the feed's own time, null where it is the same.
 */
export const countedAt: Migration = {
  id: 7,
  name: 'counted-at',
  release: '0.2.0',
  postgres: `
${tables.map((table) => `${rename(table)}ALTER TABLE ${table} ADD COLUMN axis_at timestamptz;\n`).join('')}
${parted}
${['bets', 'transfers', 'failures']
  .map((table) => `CREATE INDEX ${table}_axis ON ${table} (account, axis_at) WHERE axis_at IS NOT NULL;\n`)
  .join('')}
${['bet_quarters', 'bet_hours', 'bet_days'].map(rename).join('')}
TRUNCATE bet_quarters, bet_hours, bet_days;
COMMENT ON COLUMN v_bets.counted_at IS 'The time by which ranges and totals select: when the bet was settled, at HotRoad when it was last updated';
`,
  duckdb: `${tables.map((table) => `${rename(table)}ALTER TABLE ${table} ADD COLUMN axis_at TIMESTAMP;\n`).join('')}${parted}`,
  refillsRollUps: true,
};
