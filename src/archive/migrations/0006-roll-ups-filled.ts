import type { Migration } from './migration.ts';

/** 0002 made roll-ups without adding up the bets that were there: databases that came through it are put right. */
export const rollUpsFilled: Migration = {
  id: 6,
  name: 'roll-ups-filled',
  release: '0.2.0',
  postgres: 'TRUNCATE bet_quarters, bet_hours, bet_days',
  duckdb: null,
  refillsRollUps: true,
};
