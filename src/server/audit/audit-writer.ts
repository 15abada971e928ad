import type { ArchiveAdmin } from '../../archive/admin.ts';
import type { TrailNote } from '../../archive/trail.ts';
import type { Trail, TrailEntry } from './audit-log.ts';

export interface TrailBookOptions {
  readonly archive: Pick<ArchiveAdmin, 'noteTrail'>;
  /** How long a note is kept, in milliseconds. */
  readonly keepMs: number;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
  /** Told when notes could not be written; `lost` of them found no room to wait for the next try. */
  readonly onFailure: (error: unknown, lost: number) => void;
  /** How long the first of some notes waits for company, in milliseconds. @default 5000 */
  readonly everyMs?: number;
  /** Notes that wait at most; beyond it the oldest are lost. @default 10000 */
  readonly mostWaiting?: number;
}

/** The trail as a table of the archive, written in batches beside the requests: none waits for it. */
export interface TrailBook {
  readonly note: Trail;
  /** Writes what waits. */
  close(): Promise<void>;
}

// A client names its operations, and a token its subject: neither may fill the archive, or hold what no text column does.
const LONGEST_TEXT = 200;
const UNSTORABLE = /\0|\p{Surrogate}/gu;

export function createTrailBook(options: TrailBookOptions): TrailBook {
  const { archive, keepMs, clock, onFailure, everyMs = 5_000, mostWaiting = 10_000 } = options;
  let waiting: TrailNote[] = [];
  let writing: Promise<void> = Promise.resolve();
  let timer: NodeJS.Timeout | null = null;

  function writeSoon(): void {
    timer ??= setTimeout(write, everyMs).unref();
  }

  function write(): Promise<void> {
    if (timer !== null) clearTimeout(timer);
    timer = null;
    writing = writing.then(writeWaiting);
    return writing;
  }

  async function writeWaiting(): Promise<void> {
    if (waiting.length === 0) return;
    const notes = waiting;
    waiting = [];
    try {
      await archive.noteTrail(notes, clock() - keepMs);
    } catch (error) {
      waiting = [...notes, ...waiting];
      onFailure(error, dropOldest());
      writeSoon();
    }
  }

  function dropOldest(): number {
    const lost = Math.max(0, waiting.length - mostWaiting);
    waiting.splice(0, lost);
    return lost;
  }

  return {
    note(entry) {
      waiting.push(toNote(entry, clock()));
      dropOldest();
      writeSoon();
    },
    async close() {
      await write();
      if (timer !== null) clearTimeout(timer);
    },
  };
}

function toNote({ viewer, ...entry }: TrailEntry, at: number): TrailNote {
  const { name, role, accounts } = viewer;
  const { operation, durationMs } = entry;
  return {
    ...entry,
    at,
    key: storable(name),
    role,
    accounts,
    operation: operation === null ? null : storable(operation),
    durationMs: Math.round(durationMs),
  };
}

function storable(text: string): string {
  return text.slice(0, LONGEST_TEXT).replace(UNSTORABLE, '');
}
