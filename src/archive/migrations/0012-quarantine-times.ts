import type { Migration } from './migration.ts';

/** How many reads have set each row aside: a window that is refused again and again is one row, counted. */
export const quarantineTimes: Migration = {
  id: 12,
  name: 'quarantine-times',
  release: '0.2.0',
  postgres: 'ALTER TABLE quarantine ADD COLUMN times bigint NOT NULL DEFAULT 1',
  duckdb: 'ALTER TABLE quarantine ADD COLUMN times BIGINT DEFAULT 1',
};
