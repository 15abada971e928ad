import type { CommitResult } from '../archive.ts';
import type { CommitJob } from './protocol.ts';
import { createTurns } from './turns.ts';

/** Writes a group of commits in one transaction, all or nothing. */
export type WriteGroup = (jobs: readonly CommitJob[]) => Promise<readonly CommitResult[]>;

export interface Writer {
  commit(job: CommitJob): Promise<CommitResult>;
  /** Runs something else between groups, in turn with them. */
  exclusively<T>(task: () => Promise<T>): Promise<T>;
}

interface Waiting {
  readonly job: CommitJob;
  readonly resolve: (result: CommitResult) => void;
  readonly reject: (error: unknown) => void;
}

const MAX_ROWS_A_GROUP = 40_000;

/**
 * One writer: commits that come while another group is written go into the next one together, so that many
 * small commits cost one transaction. A group has a feed once at most and keeps the order of arrival.
 */
export function createWriter(write: WriteGroup): Writer {
  const waiting: Waiting[] = [];
  const inTurn = createTurns();

  async function writeNext(): Promise<void> {
    const group = takeGroup(waiting);
    if (group.length === 0) return;
    try {
      settle(group, await write(group.map((each) => each.job)));
    } catch (error) {
      if (group.length === 1) group[0]?.reject(error);
      else await writeEach(group);
    }
  }

  // One commit that cannot be written must not take its neighbours with it.
  async function writeEach(group: readonly Waiting[]): Promise<void> {
    for (const each of group) {
      try {
        settle([each], await write([each.job]));
      } catch (error) {
        each.reject(error);
      }
    }
  }

  return {
    commit(job) {
      return new Promise((resolve, reject) => {
        waiting.push({ job, resolve, reject });
        void inTurn(writeNext);
      });
    },
    exclusively: inTurn,
  };
}

function settle(group: readonly Waiting[], results: readonly CommitResult[]): void {
  for (const [index, each] of group.entries()) {
    const result = results[index];
    if (result === undefined)
      each.reject(new Error('archive: expected a result for every commit of a group'));
    else each.resolve(result);
  }
}

/** Takes the longest run of waiting commits that may share a transaction. */
function takeGroup(waiting: Waiting[]): Waiting[] {
  const feeds = new Set<string>();
  let rows = 0;
  let size = 0;
  for (const { job } of waiting) {
    const feed = `${job.commit.kind} ${job.commit.account}`;
    rows += job.commit.rows.length;
    if (feeds.has(feed) || (size > 0 && rows > MAX_ROWS_A_GROUP)) break;
    feeds.add(feed);
    size += 1;
  }
  return waiting.splice(0, size);
}
