import type { Migration } from './migration.ts';

/** From when on the log of changes is whole, in milliseconds, once versions were forgotten; no row while none were. */
export const logStart: Migration = {
  id: 14,
  name: 'log-start',
  release: '0.2.0',
  postgres: 'CREATE TABLE log_start (whole_from bigint NOT NULL)',
  duckdb: 'CREATE TABLE log_start (whole_from BIGINT NOT NULL)',
};
