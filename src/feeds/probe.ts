import { type UpstreamAction, UpstreamError } from '../errors.ts';
import type { Interval } from '../records/interval.ts';
import type { Departure } from '../upstream/call.ts';
import { isPaused } from '../upstream/halt.ts';
import { fixedTurn } from '../upstream/turn.ts';
import type { Feed } from './feed.ts';

/** How a feed answered one question about a minute just past. */
export interface Probe {
  readonly problem: string | null;
  /** What an operator can do about it. */
  readonly remedy: string | null;
}

const PATIENCE_MS = 30_000;
const MINUTE_MS = 60_000;

/** Asks a feed for one minute just past, once and in its turn; archives nothing. Rejects with the signal's reason. */
export async function probe(feed: Feed, stop: AbortSignal): Promise<Probe> {
  const { account, kind, limits, connection } = feed;
  const enough = new AbortController();
  let slowed: UpstreamError | null = null;
  try {
    const page = await connection.readPage(kind, {
      turn: fixedTurn('interactive'),
      limits: { ...limits, maxAttempts: 1 },
      signal: AbortSignal.any([stop, enough.signal, AbortSignal.timeout(PATIENCE_MS)]),
      interval: (departure) => minuteBefore(departure, feed),
      page: 1,
      onDelay({ error }) {
        slowed = error;
        enough.abort();
      },
    });
    const lost = page.quarantined.length;
    if (lost === 0) return { problem: null, remedy: null };
    const problem = `${lost} of ${page.count} rows cannot be read: ${page.quarantined[0]?.reason}`;
    return { problem, remedy: 'report it: the provider changed its answer' };
  } catch (error) {
    stop.throwIfAborted();
    const cause = slowed ?? error;
    if (cause instanceof UpstreamError) {
      const remedy = isPaused(cause) ? `countroom resume ${account.id}` : remedies[cause.action];
      return { problem: cause.message, remedy };
    }
    if (error instanceof Error && error.name === 'TimeoutError') {
      const problem = `${account.id}: expected an answer within ${PATIENCE_MS / 1000} s, got none`;
      return { problem, remedy: remedies.retry };
    }
    throw error;
  }
}

function minuteBefore({ providerNow }: Departure, { stepMs, limits }: Feed): Interval {
  const to = Math.floor((providerNow - 1_000) / stepMs) * stepMs;
  return { from: to - Math.min(MINUTE_MS, limits.maxWindow ?? MINUTE_MS), to };
}

const credentials =
  'check the credentials, the options of the signature, and that the provider lets this machine’s address in';

const remedies: Readonly<Record<UpstreamAction, string>> = {
  retry: 'check baseUrl, and that this machine reaches it',
  reauthenticate: credentials,
  stopAccount: credentials,
  slowDown: 'something else calls under the same agent: stop it, or raise limits.minInterval',
  refuseInput: 'check the account’s options: a field or time is not as the provider wants it',
  split: 'lower limits.grid: even a minute holds too many rows',
  giveUp: 'check that baseUrl is this provider’s API: its answer is not as documented',
};
