import { Gauge, type Registry } from 'prom-client';

/** Which release runs, and on which Node: 1, with both as labels. */
export function registerBuildInfo(registry: Registry, version: string): void {
  new Gauge({
    name: 'countroom_build_info',
    help: 'Always 1; its labels say which release runs, and on which Node',
    labelNames: ['version', 'node'] as const,
    registers: [registry],
  }).set({ version, node: process.versions.node }, 1);
}
