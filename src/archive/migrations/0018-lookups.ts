import type { Migration } from './migration.ts';

/** Lists by the time bets were placed, and the bets of a round, are found by index instead of by looking at all of them. */
export const lookups: Migration = {
  id: 18,
  name: 'lookups',
  release: '0.2.0',
  postgres: `
CREATE INDEX bets_placed_newest ON bets (coalesce(placed_at, counted_at) DESC, account, key);
CREATE INDEX bets_round ON bets (account, round_id) WHERE round_id IS NOT NULL;
`,
  duckdb: null,
};
