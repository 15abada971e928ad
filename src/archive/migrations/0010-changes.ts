import type { Migration } from './migration.ts';

const tables = ['bets', 'transfers', 'failures'];
const versions = tables.flatMap((table) => [table, `${table}_history`]);

// Versions that were superseded before they were written are known by one read alone.
const marks = (text: string) => `
${versions.map((table) => `ALTER TABLE ${table} ADD COLUMN change ${text};\nALTER TABLE ${table} ADD COLUMN cause ${text};\n`).join('')}
${tables.map((table) => `UPDATE ${table}_history SET change = 'SUPERSEDED' WHERE seen_from = seen_until;\n`).join('')}
`;

const doubts = (text: string, key: string) => `
CREATE TABLE doubts (
  account ${text} NOT NULL, kind ${text} NOT NULL, key ${text} NOT NULL, axis_at BIGINT NOT NULL, state ${text} NOT NULL,
  listed_at BIGINT NOT NULL, missed_at BIGINT NOT NULL, missed_read_at BIGINT NOT NULL, restorations BIGINT NOT NULL,
  awaits_admin BOOLEAN NOT NULL${key});
`;

/**
 * What made each version, and doubts about rows that are no longer listed. A version without a word in `change` was
 * added where it is its row's first, and else replaced another. The views show no withdrawn rows.
 */
export const changes: Migration = {
  id: 10,
  name: 'changes',
  release: '0.2.0',
  postgres: `${marks('text')}${doubts('text COLLATE "C"', ', PRIMARY KEY (account, kind, key)')}
CREATE INDEX doubts_open ON doubts (account, axis_at) WHERE state = 'CONTRADICTED';
${versions.map((table) => `CREATE INDEX ${table}_archived ON ${table} (archived_at, account, key);\n`).join('')}
DO $$ DECLARE name text; BEGIN
  FOREACH name IN ARRAY ARRAY['v_bets', 'v_transfers', 'v_failures'] LOOP
    EXECUTE format('CREATE OR REPLACE VIEW %I AS %s WHERE %s.withdrawn_at IS NULL', name,
      rtrim(pg_get_viewdef(name::regclass), E'; \\n'), substr(name, 3, 1));
  END LOOP;
END $$;
`,
  duckdb: `${marks('VARCHAR')}${doubts('VARCHAR', '')}`,
};
