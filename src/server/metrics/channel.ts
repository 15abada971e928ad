import { Counter, type Registry } from 'prom-client';
import type { Leases } from '../../archive/archive.ts';

/** How many messages of strangers came over the channel that processes at one database share. */
export function registerChannelMetrics(registry: Registry, { unreadable }: Pick<Leases, 'unreadable'>): void {
  new Counter({
    name: 'countroom_channel_unreadable_total',
    help: 'Notifications at the shared database that no gateway of this release sent, ignored; any role that may connect can send them',
    registers: [registry],
    collect() {
      this.reset();
      this.inc(unreadable());
    },
  });
}
