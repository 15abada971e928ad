import type { Lease, Leases } from '../archive/archive.ts';
import type { Feed } from './feed.ts';

/** Renews a lease until it is given back by what this answers; `onLost` is told when another process took it over. */
export function keepLease(
  lease: Lease,
  { ttlMs }: Pick<Leases, 'ttlMs'>,
  onLost: () => void,
): () => Promise<void> {
  const renew = () => {
    lease.renew().then(
      (held) => held || onLost(),
      // An archive that cannot be reached now may be back before the lease runs out.
      () => {},
    );
  };
  const timer = setInterval(renew, ttlMs / 3).unref();
  return async () => {
    clearInterval(timer);
    await lease.release();
  };
}

/** One process at a time keeps a feed filled; gives how to leave it to another, or null while another does. */
export async function leaseFeed(
  leases: Leases,
  { account, kind }: Feed,
): Promise<(() => Promise<void>) | null> {
  const lease = await leases.acquire({ account: account.id, kind }, null);
  // Windows are fenced one by one: a feed's own lease that is lost costs another's planning, no more.
  return lease === null ? null : keepLease(lease, leases, () => {});
}
