import type { Commit, CommitResult } from '../archive.ts';
import { mergeCommit } from './commit.ts';
import { type Database, inTransaction } from './database.ts';
import { fitted } from './fit.ts';
import type { Names } from './names.ts';
import { type News, tell } from './news.ts';
import { prepareStaging } from './staging.ts';
import { unstage } from './unstage.ts';

export interface WriterOptions {
  readonly database: Database;
  readonly names: Names;
  readonly news: News;
  /** The time of archiving, in milliseconds; the database's own where null. */
  readonly clock: (() => number) | null;
}

/** Writes each commit in a transaction of its own: feeds beside each other, the commits of one feed in order of arrival. */
export function createWriter({ database, names, news, clock }: WriterOptions) {
  const turns = new Map<string, Promise<unknown>>();

  async function write(commit: Commit): Promise<CommitResult> {
    const { account, kind, interval } = commit;
    const { result, kept } = await database.use(async (client) => {
      await prepareStaging(client, kind);
      return inTransaction(client, 'BEGIN', async () => {
        const merged = await mergeCommit(client, commit);
        const kept = await names.write(client, commit);
        await unstage(client, commit, merged, clock === null ? null : clock());
        if (interval !== null)
          await tell(client, news.owner, { topic: 'committed', account, kind, ...interval });
        return { result: merged.result, kept };
      });
    });
    kept.keep();
    return result;
  }

  return (commit: Commit): Promise<CommitResult> => {
    const feed = `${commit.kind} ${commit.account}`;
    const before = turns.get(feed) ?? Promise.resolve();
    const result = before.then(() => write(fitted(commit)));
    const turn = result.catch(() => undefined);
    turns.set(feed, turn);
    void turn.then(() => {
      if (turns.get(feed) === turn) turns.delete(feed);
    });
    return result;
  };
}
