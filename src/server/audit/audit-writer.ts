import type { ArchiveAdmin } from '../../archive/admin.ts';
import type { AuditRecord } from '../../archive/audit.ts';
import type { Audit, AuditEntry } from './audit-log.ts';

export interface AuditWriterOptions {
  readonly archive: Pick<ArchiveAdmin, 'writeAudit'>;
  /** How long a record is kept, in milliseconds. */
  readonly keepMs: number;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
  /** Called when records could not be written; `lost` were dropped, since too many wait for the next try. */
  readonly onFailure: (error: unknown, lost: number) => void;
  /** How long records are gathered before they are written together, in milliseconds. @default 5000 */
  readonly everyMs?: number;
  /** How many records wait at most; beyond it the oldest are dropped. @default 10000 */
  readonly mostWaiting?: number;
}

/** Writes the audit log to a table of the archive, in batches: no request waits for it. */
export interface AuditWriter {
  readonly add: Audit;
  /** Writes what waits. */
  close(): Promise<void>;
}

// Clients choose operation names, and tokens their subjects: both are cut short, without characters no column can store.
const LONGEST_TEXT = 200;
const UNSTORABLE = /\0|\p{Surrogate}/gu;

export function createAuditWriter(options: AuditWriterOptions): AuditWriter {
  const { archive, keepMs, clock, onFailure, everyMs = 5_000, mostWaiting = 10_000 } = options;
  let waiting: AuditRecord[] = [];
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
    const records = waiting;
    waiting = [];
    try {
      await archive.writeAudit(records, clock() - keepMs);
    } catch (error) {
      waiting = [...records, ...waiting];
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
    add(entry) {
      waiting.push(toRecord(entry, clock()));
      dropOldest();
      writeSoon();
    },
    async close() {
      await write();
      if (timer !== null) clearTimeout(timer);
    },
  };
}

function toRecord({ viewer, ...entry }: AuditEntry, at: number): AuditRecord {
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
