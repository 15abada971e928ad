import type { Lease, Leases } from '../archive/archive.ts';
import { type Feed, feedName } from './feed.ts';

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

/** Tells of each feed when another process next gives it back, or died and had it taken. */
export function watchUpkeep(leases: Pick<Leases, 'onReleased'>): (feed: Feed) => Promise<void> {
  const waiting = new Map<string, { readonly promise: Promise<void>; readonly happened: () => void }>();
  leases.onReleased(({ account, kind }, from) => {
    if (from !== null) return;
    const name = feedName({ account: { id: account }, kind });
    waiting.get(name)?.happened();
    waiting.delete(name);
  });
  return (feed) => {
    const name = feedName(feed);
    const known = waiting.get(name);
    if (known !== undefined) return known.promise;
    let happened = () => {};
    const promise = new Promise<void>((resolve) => {
      happened = resolve;
    });
    waiting.set(name, { promise, happened });
    return promise;
  };
}
