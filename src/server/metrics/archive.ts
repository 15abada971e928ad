import { Gauge, Histogram, type Registry } from 'prom-client';
import type { ArchiveDescription } from '../../archive/admin.ts';
import type { Archive } from '../../archive/archive.ts';

/** Whether the archive can take rows, as `/readyz` says it; `trouble` gives the reason it cannot, else null. */
export function registerArchiveMetrics(registry: Registry, trouble: () => string | null): void {
  new Gauge({
    name: 'countroom_archive_ready',
    help: '1 while the archive can take rows, 0 while it cannot; /readyz says why',
    registers: [registry],
    collect() {
      this.set(trouble() === null ? 1 : 0);
    },
  });
}

/** How big the archive is, looked up at most once in `everyMs`, whoever asks how often. */
export function registerArchiveSize(
  registry: Registry,
  about: () => Promise<ArchiveDescription>,
  { now, everyMs = 60_000 }: { readonly now: () => number; readonly everyMs?: number },
): void {
  const registers = [registry];
  let known: { readonly at: number; readonly size: Promise<ArchiveDescription | null> } | null = null;
  const size = () => {
    // An archive that cannot be read says so by `countroom_archive_ready`.
    if (known === null || now() - known.at >= everyMs) known = { at: now(), size: about().catch(() => null) };
    return known.size;
  };
  const gauge = (name: string, help: string, of: (size: ArchiveDescription) => number | null) =>
    new Gauge({
      name,
      help,
      registers,
      async collect() {
        const found = await size();
        const value = found === null ? null : of(found);
        if (value !== null) this.set(value);
      },
    });
  gauge('countroom_archive_bytes', 'What the archive takes on its disk', ({ bytes }) => bytes);
  gauge(
    'countroom_archive_free_bytes',
    'The room left on the archive’s disk, where it can be seen',
    ({ freeBytes }) => freeBytes,
  );
  new Gauge({
    name: 'countroom_archive_rows',
    help: 'About how many rows the archive holds, by kind, as its engine estimates',
    labelNames: ['kind'] as const,
    registers,
    async collect() {
      const found = await size();
      for (const [kind, rows] of Object.entries(found?.rows ?? {})) this.set({ kind }, rows);
    },
  });
}

/** An archive whose commits are timed, failed ones as well. */
export function timeCommits(
  registry: Registry,
  archive: Pick<Archive, 'commit'>,
  { monotonic }: { readonly monotonic: () => number },
): Pick<Archive, 'commit'> {
  const seconds = new Histogram({
    name: 'countroom_archive_commit_seconds',
    help: 'How long it took to write what one call gave, rows and ledger, by outcome',
    labelNames: ['outcome'] as const,
    buckets: [0.005, 0.02, 0.1, 0.5, 2, 10, 60],
    registers: [registry],
  });
  return {
    async commit(reading) {
      const startedAt = monotonic();
      const end = (outcome: string) => seconds.observe({ outcome }, (monotonic() - startedAt) / 1_000);
      try {
        const result = await archive.commit(reading);
        end('ok');
        return result;
      } catch (error) {
        end('failed');
        throw error;
      }
    },
  };
}
