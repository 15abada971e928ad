import type { Archive } from '../archive/archive.ts';
import type { Bet } from '../records/record.ts';
import type { Feed } from './feed.ts';
import { type Filler, interactiveTurn } from './filler.ts';

/** What asking a provider for one bet came to. */
export type DetailOutcome = 'FETCHED' | 'NOT_FOUND' | 'NEEDS_NEAR' | 'UNSUPPORTED';

const HALF_RANGE_MS = 3.5 * 86_400_000;
const FUTURE_MARGIN_MS = 1_000;
const EARLIEST_CREATION_MS = Date.UTC(2005, 0, 1);

/**
 * Reads one bet by its key at its provider and archives it; no interval is held by it. The provider wants a time:
 * `near`, else the creation second in a key of 24 hex digits. Rejects with an UpstreamError where the provider fails.
 */
export async function readDetail(
  feed: Feed,
  key: string,
  near: number | null,
  { archive, filler, now }: { archive: Archive; filler: Filler; now: () => number },
): Promise<DetailOutcome> {
  const { connection, account, limits } = feed;
  if (connection.readDetail === undefined) return 'UNSUPPORTED';
  const middle = near ?? createdAt(key, now());
  if (middle === null) return 'NEEDS_NEAR';
  const range = {
    from: Math.trunc(middle - HALF_RANGE_MS),
    to: Math.min(Math.trunc(middle + HALF_RANGE_MS), now() - FUTURE_MARGIN_MS),
  };
  if (range.from >= range.to) return 'NOT_FOUND';
  const readAt = now();
  const bet: Bet | null = await connection.readDetail({
    key,
    range,
    limits,
    turn: interactiveTurn(filler.newAsker()),
  });
  if (bet === null) return 'NOT_FOUND';
  await archive.commit({
    account: account.id,
    provider: account.provider,
    kind: 'BET',
    interval: null,
    readAt,
    rows: [bet],
    quarantined: [],
  });
  return 'FETCHED';
}

/** The second in which an id of 24 hex digits was made, or null where it tells none. */
function createdAt(key: string, now: number): number | null {
  if (!/^[0-9a-f]{24}$/i.test(key)) return null;
  const at = Number.parseInt(key.slice(0, 8), 16) * 1_000;
  return at >= EARLIEST_CREATION_MS && at <= now ? at : null;
}
