import type { Forgetting } from '../admin.ts';
import type { Commit, CommitResult, Lines, Username } from '../archive.ts';
import type { MigrateResult } from '../migrations/plan.ts';
import type { Remapping } from '../plan-remap.ts';
import type { Statement } from '../sql/dialect.ts';
import type { Cell, Cells } from '../sql/records.ts';

/** A commit on its way to the engine, with what only the caller's side can know. */
export interface CommitJob {
  readonly commit: Commit;
  /** The caller's clock, in milliseconds. */
  readonly now: number;
  /** The commit's usernames with the operator's name of each. */
  readonly names: readonly Username[];
  /** Under which the commit's rows were sent before, where they are many. */
  readonly ticket?: number;
}

export interface ReadJob {
  readonly statement: Statement;
  /** Run instead once the archive holds amounts so large that the plain sums of `statement` could overflow. */
  readonly wide?: Statement;
  /** Answers with one cell, which goes before the last value of `statement` unless it is null; both see one state. */
  readonly end?: Statement | null;
}

/** What is opened: a file or `:memory:`, and how much memory DuckDB may take for itself. */
export interface Opening {
  readonly path: string;
  readonly memoryMb: number;
}

/** An open snapshot; each of its lanes runs one statement at a time, and all see the same state. */
export interface Snapshot {
  readonly id: number;
  readonly lanes: number;
}

export interface Place {
  /** The snapshot's id. */
  readonly snapshot: number;
  /** From 0. */
  readonly lane: number;
}

/** What the caller's side asks of the engine in its worker thread: method, argument, result. */
export interface Engine {
  /** Opens the archive at this release's layout; gives the names known, and what was done to the layout. */
  open(opening: Opening): Promise<{ readonly names: readonly Username[]; readonly migrated: MigrateResult }>;
  /** Gives usernames another operator's name. */
  rename(names: readonly Username[]): Promise<void>;
  /** Keeps rows for a commit to come. */
  addRows(part: { readonly ticket: number; readonly rows: Commit['rows'] }): Promise<void>;
  commit(job: CommitJob): Promise<CommitResult>;
  /** Takes quarantined rows as they are at `now`; gives how many were waiting. */
  accept(job: { readonly ids: readonly string[]; readonly now: number }): Promise<number>;
  /** Replaces rows by what they are now; gives how many. */
  remap(job: { readonly remapping: Remapping; readonly now: number }): Promise<number>;
  /** Forgets a batch; gives how many versions it had. */
  forget(before: Forgetting): Promise<number>;
  /** Runs statements that change something beside the rows, all of them or none. */
  change(statements: readonly Statement[]): Promise<void>;
  /** Stops soon once the signal is aborted, as `readPage` does. */
  read(job: ReadJob, wanted: AbortSignal): Promise<Cells>;
  /** Runs a statement that answers with one row: how many, bytes of text, and cells of the last. */
  readPage(
    job: {
      readonly statement: Statement;
      readonly end: Statement | null;
    },
    wanted: AbortSignal,
  ): Promise<Lines & { readonly last: readonly Cell[] }>;
  /** Opens a snapshot of the archive: what is read in it does not change meanwhile. It may get fewer lanes than asked. */
  openSnapshot(lanes: number): Promise<Snapshot>;
  /** Runs a statement in a lane of a snapshot; its answer is then taken piece by piece. */
  runIn(job: Place & { readonly statement: Statement }): Promise<void>;
  /** The next piece of what ran in the lane, of at most 2,048 rows; null at its end. */
  nextOf(place: Place): Promise<Cells | null>;
  /** All that ran in the lane, where it was blocks of lines, in their order; none when asked again. */
  linesOf(place: Place): Promise<readonly Lines[]>;
  closeSnapshot(snapshot: number): Promise<void>;
  close(): Promise<void>;
}

export type Method = keyof Engine;
export type Argument<M extends Method> = Parameters<Engine[M]>[0];
export type Result<M extends Method> = Awaited<ReturnType<Engine[M]>>;

export interface Request {
  readonly id: number;
  readonly method: Method;
  readonly argument: unknown;
}

/** Whoever sent the request of that id waits no longer. */
export interface Cancellation {
  readonly cancelled: number;
}

export type Response =
  | { readonly id: number; readonly value: unknown }
  | { readonly id: number; readonly fault: string };
