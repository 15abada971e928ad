import { constants } from 'node:fs';
import { access, open, rm } from 'node:fs/promises';
import { createHeartbeat, type RunningHeartbeat } from '../heartbeat.ts';
import { explainFault } from './faults.ts';
import type { Thread } from './thread.ts';

const EVERY_MS = 2_000;
const PROBE_BYTES = 8 * 1024 * 1024;

/** Looks whether the engine answers and its file may be written; `named` is what messages call the file. */
export function createDuckDbHeartbeat(named: string, file: string, call: Thread['call']): RunningHeartbeat {
  const isFile = file !== ':memory:';
  const explained = async <T>(work: Promise<T>): Promise<T> => {
    try {
      return await work;
    } catch (error) {
      throw explainFault(named, error instanceof Error ? error.message : String(error));
    }
  };

  return createHeartbeat({
    async look() {
      await call('read', { statement: { text: 'SELECT 1', values: [] } });
      try {
        if (isFile) await explained(access(file, constants.W_OK));
        return null;
      } catch (error) {
        return { reason: error instanceof Error ? error.message : String(error), readable: true };
      }
    },
    probe: async () => {
      if (isFile) await explained(tryRoom(`${file}.room`));
    },
    everyMs: EVERY_MS,
  });
}

/** Writes beside the archive, in a file of its own, what a commit may need, and removes it. */
export async function tryRoom(path: string): Promise<void> {
  // What another put in its place may be a link, and would be written over where that leads.
  await rm(path, { force: true });
  const room = await open(path, 'wx', 0o600);
  try {
    await room.writeFile(Buffer.alloc(PROBE_BYTES));
    await room.sync();
  } finally {
    await room.close();
    await rm(path, { force: true });
  }
}
