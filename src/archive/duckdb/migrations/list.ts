import { migrations as every } from '../../migrations/list.ts';
import { type Step, stepsOf } from '../../migrations/migration.ts';

/** What every migration does to a DuckDB file, in order. */
export const migrations: readonly Step[] = stepsOf('duckdb', every);
