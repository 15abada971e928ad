import { setImmediate } from 'node:timers/promises';
import type { Commit, CommitResult, Username } from '../archive.ts';
import type { Thread } from './thread.ts';
import { createTurns } from './turns.ts';

// Rows are copied on their way to the thread: so many at a time keep the caller's thread free for others.
const ROWS_A_MESSAGE = 1_000;

export interface Sender {
  send(commit: Commit, now: number, names: readonly Username[]): Promise<CommitResult>;
  /** Resolves once everything given so far is with the engine. */
  sent(): Promise<void>;
}

/** Sends commits to the engine in the order they are given, long ones in pieces. */
export function createSender(call: Thread['call']): Sender {
  const inTurn = createTurns();
  let lastTicket = 0;

  async function sendRows(commit: Commit): Promise<number> {
    lastTicket += 1;
    const ticket = lastTicket;
    for (let start = 0; start < commit.rows.length; start += ROWS_A_MESSAGE) {
      await call('addRows', { ticket, rows: commit.rows.slice(start, start + ROWS_A_MESSAGE) });
      await setImmediate();
    }
    return ticket;
  }

  return {
    async send(commit, now, names) {
      const { result } = await inTurn(async () => {
        const job = { commit, now, names };
        if (commit.rows.length <= ROWS_A_MESSAGE) return { result: call('commit', job) };
        const ticket = await sendRows(commit);
        return { result: call('commit', { ...job, commit: { ...commit, rows: [] }, ticket }) };
      });
      return result;
    },
    sent: () => inTurn(async () => {}),
  };
}
