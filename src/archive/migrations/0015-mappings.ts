import type { Migration } from './migration.ts';

const table = (text: string) => `
CREATE TABLE mappings (account ${text} NOT NULL, options ${text} NOT NULL, under_way BOOLEAN NOT NULL, PRIMARY KEY (account));
`;

/** By which options an account's rows were computed, as JSON, and whether a remap is in the middle of changing that. */
export const mappings: Migration = {
  id: 15,
  name: 'mappings',
  release: '0.2.0',
  postgres: table('text COLLATE "C"'),
  duckdb: table('VARCHAR'),
};
