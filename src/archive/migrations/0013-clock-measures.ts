import type { Migration } from './migration.ts';

const table = (text: string) => `
CREATE TABLE clock_measures (
  account ${text} NOT NULL, until_at BIGINT NOT NULL, least_ms BIGINT NOT NULL, most_ms BIGINT NOT NULL,
  PRIMARY KEY (account, until_at));
`;

/** What providers' answers said of their clocks, by the minute: what is said of a time rests on all that was measured of it. */
export const clockMeasures: Migration = {
  id: 13,
  name: 'clock-measures',
  release: '0.2.0',
  postgres: table('text COLLATE "C"'),
  duckdb: table('VARCHAR'),
};
