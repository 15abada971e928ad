import type { Migration } from './migration.ts';

/** What the provider's clock showed at least when a read left, in milliseconds; null where that was not known. */
export const providerTime: Migration = {
  id: 9,
  name: 'provider-time',
  release: '0.2.0',
  postgres: 'ALTER TABLE intervals ADD COLUMN provider_at bigint',
  duckdb: 'ALTER TABLE intervals ADD COLUMN provider_at BIGINT',
};
