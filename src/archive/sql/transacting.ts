import type { Dialect, Statement } from './dialect.ts';
import type { Cells } from './records.ts';

/** An open transaction, as far as rows in doubt need it. */
export interface Transacting {
  readonly dialect: Dialect;
  read(statement: Statement): Promise<Cells>;
  run(statement: Statement): Promise<void>;
  /** Copies the versions that stand under these keys into the history, as known until `until` (milliseconds). */
  keepVersions(keys: readonly string[], until: number): Promise<void>;
  /** Adds the rows under these keys to whatever sums are kept, or takes them out. */
  recount(keys: readonly string[], sign: 1 | -1): Promise<void>;
}
