import { ArchiveError } from '../errors.ts';
import type { ArchiveTrouble, Heartbeat } from './admin.ts';

export interface RunningHeartbeat extends Heartbeat {
  /** Looks for the first time, and from then on. */
  start(): void;
  close(): void;
}

export interface HeartbeatOptions {
  /** Looks at the archive, in bounded time; where it rejects the archive is out of reach. */
  readonly look: () => Promise<ArchiveTrouble | null>;
  /** Tries to write as much as a commit may need, and leaves nothing behind; rejects where that cannot be. */
  readonly probe: () => Promise<void>;
  readonly everyMs: number;
  /** Milliseconds that never jump. @default performance.now */
  readonly monotonic?: () => number;
}

/** A commit that was refused: from when on it is tried whether there is room again. */
interface Refusal {
  readonly reason: string;
  readonly until: number;
}

const FIRST_REST_MS = 2_000;
const LONGEST_REST_MS = 60_000;

export function createHeartbeat({
  look,
  probe,
  everyMs,
  monotonic = () => performance.now(),
}: HeartbeatOptions): RunningHeartbeat {
  let trouble: ArchiveTrouble | null = null;
  let recovery = nextRecovery();
  let refusal: Refusal | null = null;
  let rest = FIRST_REST_MS;
  let state: 'new' | 'running' | 'closed' = 'new';
  let isHurried = false;
  let wake = () => {};

  async function run(): Promise<void> {
    while (state === 'running') {
      isHurried = false;
      tell(await beat());
      if (!isHurried) await pause();
    }
  }

  async function beat(): Promise<ArchiveTrouble | null> {
    try {
      const found = await look();
      if (found !== null || refusal === null) return found;
      if (monotonic() < refusal.until) return { reason: refusal.reason, readable: true };
    } catch (error) {
      return { reason: messageOf(error), readable: false };
    }
    try {
      await probe();
      refusal = null;
      return null;
    } catch (error) {
      return { reason: refuse(messageOf(error), rest).reason, readable: true };
    }
  }

  /** Each refusal in a row is believed for longer: a probe may find room where a commit does not. */
  function refuse(reason: string, forMs: number): Refusal {
    refusal = { reason, until: monotonic() + forMs };
    rest = Math.min(2 * rest, LONGEST_REST_MS);
    return refusal;
  }

  function tell(found: ArchiveTrouble | null): void {
    trouble = found;
    if (found !== null) return;
    recovery.happened();
    recovery = nextRecovery();
  }

  function pause(): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, everyMs).unref();
      wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  function suspect(): void {
    isHurried = true;
    wake();
  }

  return {
    trouble: () => trouble,
    able: () => (trouble === null ? Promise.resolve() : recovery.promise),
    suspect,
    refused({ message, lasting }) {
      trouble ??= {
        reason: refuse(message, lasting ? Number.POSITIVE_INFINITY : rest).reason,
        readable: true,
      };
    },
    written() {
      rest = FIRST_REST_MS;
    },
    start() {
      if (state !== 'new') return;
      state = 'running';
      void run();
    },
    close() {
      state = 'closed';
      wake();
    },
  };
}

function nextRecovery() {
  let happened = () => {};
  const promise = new Promise<void>((resolve) => {
    happened = resolve;
  });
  return { promise, happened };
}

/** A commit's outcome, told to the heartbeat. */
export async function noting<T>(heartbeat: Heartbeat, committed: Promise<T>): Promise<T> {
  try {
    const result = await committed;
    heartbeat.written();
    return result;
  } catch (error) {
    if (error instanceof ArchiveError && error.general) heartbeat.refused(error);
    throw error;
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
