import type { Migration } from './migration.ts';

const table = (text: string) => `
CREATE TABLE lateness (
  account ${text} NOT NULL, kind ${text} NOT NULL, day_at BIGINT NOT NULL, within_ms BIGINT NOT NULL, rows BIGINT NOT NULL,
  PRIMARY KEY (account, kind, day_at, within_ms));
`;

/** How many rows of a feed were first listed how long after their time, a day of reads (UTC) each; milliseconds. */
export const lateness: Migration = {
  id: 11,
  name: 'lateness',
  release: '0.2.0',
  postgres: table('text COLLATE "C"'),
  duckdb: table('VARCHAR'),
};
