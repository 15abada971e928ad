import type { KeptArchive } from '../../../src/archive/admin.ts';
import type { PlayerOf } from '../../../src/archive/archive.ts';

export interface OpenOptions {
  readonly playerOf?: PlayerOf;
  readonly clock?: () => number;
}

/** An empty place for one archive, which may be opened again after it was closed. */
export interface Store {
  open(options?: OpenOptions): Promise<KeptArchive>;
  drop(): Promise<void>;
}

/** The kind of archive a suite is run against. */
export interface Subject {
  readonly name: string;
  createStore(): Promise<Store>;
}

export const sameName: PlayerOf = (_account, username) => username;
