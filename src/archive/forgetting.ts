import { setTimeout as wait } from 'node:timers/promises';
import type { ArchiveAdmin } from './admin.ts';

export interface ForgettingOptions {
  readonly archive: Pick<ArchiveAdmin, 'forget'>;
  /** How long replaced versions are kept, in milliseconds; null for ever. */
  readonly keepVersionsMs: number | null;
  /** The wall clock. */
  readonly now: () => number;
  readonly onForgotten: (versions: number) => void;
  readonly onError: (error: unknown) => void;
  /** Between two looks. @default an hour */
  readonly everyMs?: number;
}

const HOUR_MS = 3_600_000;
const KEEP_LATENESS_MS = 31 * 86_400_000;
const BREATH_MS = 200;

/** Forgets what is older than it has to be kept, a batch at a time. Returns how to stop. */
export function startForgetting(options: ForgettingOptions): () => Promise<void> {
  const { archive, keepVersionsMs, now, onForgotten, onError, everyMs = HOUR_MS } = options;
  const stopping = new AbortController();
  const rest = (ms: number) => wait(ms, undefined, { signal: stopping.signal, ref: false }).catch(() => {});

  async function forgetAll(): Promise<void> {
    const before = {
      versionsBefore: keepVersionsMs === null ? null : now() - keepVersionsMs,
      latenessBefore: now() - KEEP_LATENESS_MS,
    };
    let forgotten = 0;
    for (let batch = 1; batch > 0 && !stopping.signal.aborted; ) {
      batch = await archive.forget(before);
      forgotten += batch;
      // Commits come between two batches.
      if (batch > 0) await rest(BREATH_MS);
    }
    if (forgotten > 0) onForgotten(forgotten);
  }

  async function run(): Promise<void> {
    for (;;) {
      // A command that lives for a moment forgets nothing.
      await rest(everyMs);
      if (stopping.signal.aborted) return;
      await forgetAll().catch(onError);
    }
  }

  const running = run();
  return async () => {
    stopping.abort();
    await running;
  };
}
