import type { KeptArchive } from '../../../src/archive/admin.ts';
import type { PlayerOf } from '../../../src/records/player.ts';

export interface OpenOptions {
  readonly playerOf?: PlayerOf;
  readonly clock?: () => number;
}

/** An empty place for one archive. */
export interface Store {
  open(options?: OpenOptions): Promise<KeptArchive>;
  drop(): Promise<void>;
}

export interface StoreOptions {
  /** Whether what was written must still be there when the store is opened again. */
  readonly durable?: boolean;
}

/** The kind of archive a suite is run against. */
export interface Subject {
  readonly name: string;
  createStore(options?: StoreOptions): Promise<Store>;
}

export const sameName: PlayerOf = (_account, username) => username;
