import { Gauge, type Registry } from 'prom-client';

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
