import type { KeptArchive } from '../archive/admin.ts';
import type { Feed } from './feed.ts';

/**
 * Follows the providers' clocks: where one falls back beyond what it could have been, rows may come anew with times
 * that were held, and these are open again. So they are where a clock is first known, since it may have fallen while
 * nobody looked. Returns how to stop.
 */
export function reopenOnFall(
  feeds: readonly Feed[],
  archive: Pick<KeptArchive, 'reopen'>,
  onError: (feed: Feed, error: unknown) => void,
): () => void {
  const stops = feeds.flatMap((feed) => {
    const { account, kind, limits, upstream } = feed;
    if (upstream === undefined) return [];
    return [
      upstream.clock.onFall((providerNow) => {
        const reopening = { above: providerNow - limits.settlementLag, providerNow };
        archive
          .reopen({ account: account.id, kind }, reopening)
          .catch((error: unknown) => onError(feed, error));
      }),
    ];
  });
  return () => {
    for (const stop of stops) stop();
  };
}
