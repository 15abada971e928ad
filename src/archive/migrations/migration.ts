import { createHash } from 'node:crypto';

/** One step of the archives' layout, forwards only: once released it is never changed, a later one mends it. */
export interface Migration {
  readonly id: number;
  readonly name: string;
  /** The release it came with: an archive that has it needs that release, or a later one. */
  readonly release: string;
  /** What it does to a PostgreSQL database; null where it has nothing to do there. */
  readonly postgres: string | null;
  /**
   * What it does to a DuckDB file; null where it has nothing to do there. A table is altered first and its rows are
   * changed after: DuckDB refuses to alter a table whose rows the same transaction has changed.
   */
  readonly duckdb: string | null;
  /** Whether PostgreSQL's roll-ups are to be added up anew from the rows, once every migration is done. */
  readonly refillsRollUps?: true;
}

/** A migration as one engine sees it. */
export interface Step extends Pick<Migration, 'id' | 'name' | 'release' | 'refillsRollUps'> {
  readonly sql: string;
}

/** The steps of one engine, in the order given. */
export function stepsOf(engine: 'postgres' | 'duckdb', migrations: readonly Migration[]): readonly Step[] {
  return migrations.flatMap(({ postgres, duckdb, ...step }) => {
    const sql = engine === 'postgres' ? postgres : duckdb;
    return sql === null ? [] : [{ ...step, sql }];
  });
}

/** `0002-roll-ups`. */
export function nameOf({ id, name }: Pick<Migration, 'id' | 'name'>): string {
  return `${String(id).padStart(4, '0')}-${name}`;
}

/** What an archive remembers of a step, to notice one that was changed after its release. */
export function checksumOf({ sql }: Step): string {
  return createHash('sha256').update(sql).digest('hex');
}
