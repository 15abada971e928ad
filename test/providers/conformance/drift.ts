import { Registry } from 'prom-client';
import { createDriftCounter } from '../../../src/server/metrics/drift.ts';

/** The metric that counts where answers are not as the document has them, and what it shows. */
export function createDrift() {
  const registry = new Registry();
  return {
    count: createDriftCounter(registry),
    /** By what it was; what never was is left out. */
    async read(): Promise<Readonly<Record<string, number>>> {
      const values = (await registry.getSingleMetric('countroom_feed_drift_total')?.get())?.values ?? [];
      return Object.fromEntries(
        values.filter(({ value }) => value > 0).map(({ labels, value }) => [String(labels['drift']), value]),
      );
    },
  };
}
