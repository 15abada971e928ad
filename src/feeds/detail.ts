import type { Archive } from '../archive/archive.ts';
import type { Bet } from '../records/record.ts';
import type { Payer } from './call-budget.ts';
import type { Feed } from './feed.ts';
import { type Filler, interactiveTurn } from './filler.ts';

/** What asking a provider for one bet came to; `UNPAID`: the payer’s budget of calls is spent. */
export type DetailOutcome = 'FETCHED' | 'NOT_FOUND' | 'NEEDS_NEAR' | 'UNSUPPORTED' | 'UNPAID';

export interface DetailAsk {
  readonly feed: Feed;
  readonly key: string;
  /** Roughly when the bet was settled, where that is known. */
  readonly near: number | null;
  readonly payer?: Payer;
}

/** Looks single bets up at their providers. */
export interface Details {
  /** Archives the bet where it is found; rejects with an UpstreamError where the provider fails. */
  read(ask: DetailAsk): Promise<DetailOutcome>;
}

export interface DetailsOptions {
  readonly archive: Pick<Archive, 'commit'>;
  readonly filler: Pick<Filler, 'newAsker'>;
  /** The wall clock. */
  readonly now: () => number;
  /** Milliseconds that never jump. */
  readonly monotonic: () => number;
}

interface Absence {
  /** Round which time it was looked for. */
  readonly middle: number;
  readonly until: number;
}

const DAY_MS = 86_400_000;
const HALF_RANGE_MS = 3.5 * DAY_MS;
/** Asked round nearly the same time, the provider looks through nearly the same days. */
const SAME_MS = DAY_MS;
const FUTURE_MARGIN_MS = 1_000;
const EARLIEST_CREATION_MS = Date.UTC(2005, 0, 1);
const ABSENT_FOR_MS = 60_000;
const MOST_ABSENCES = 10_000;

/**
 * Reads one bet by its key at its provider; no interval is held by it. The provider wants a time: `near`, else the
 * creation second in a key of 24 hex digits. Who asks for a bet that is being looked up waits for the same call, and
 * one that was not found is not asked for again for a minute.
 */
export function createDetails(options: DetailsOptions): Details {
  const { archive, filler, now, monotonic } = options;
  const absences = new Map<string, Absence>();
  const underWay = new Map<string, Promise<DetailOutcome>>();

  function isAbsent(name: string, middle: number): boolean {
    const absence = absences.get(name);
    return (
      absence !== undefined && absence.until > monotonic() && Math.abs(absence.middle - middle) <= SAME_MS
    );
  }

  function remember(name: string, middle: number): void {
    absences.delete(name);
    absences.set(name, { middle, until: monotonic() + ABSENT_FOR_MS });
    const [oldest] = absences.keys();
    if (absences.size > MOST_ABSENCES && oldest !== undefined) absences.delete(oldest);
  }

  async function read({ feed, key, near, payer }: DetailAsk): Promise<DetailOutcome> {
    if (feed.connection.readDetail === undefined) return 'UNSUPPORTED';
    const middle = near ?? createdAt(key, now());
    if (middle === null) return 'NEEDS_NEAR';
    const name = JSON.stringify([feed.account.id, key]);
    if (isAbsent(name, middle)) return 'NOT_FOUND';
    const call = `${name} ${middle}`;
    const shared = underWay.get(call);
    if (shared !== undefined) return shared;
    const reading = ask(feed, key, middle, payer).finally(() => underWay.delete(call));
    underWay.set(call, reading);
    const outcome = await reading;
    if (outcome === 'NOT_FOUND') remember(name, middle);
    return outcome;
  }

  async function ask(feed: Feed, key: string, middle: number, payer?: Payer): Promise<DetailOutcome> {
    const { connection, limits } = feed;
    const range = {
      from: Math.trunc(middle - HALF_RANGE_MS),
      to: Math.min(Math.trunc(middle + HALF_RANGE_MS), now() - FUTURE_MARGIN_MS),
    };
    if (connection.readDetail === undefined || range.from >= range.to) return 'NOT_FOUND';
    const payment = payer?.begin() ?? null;
    if (payer !== undefined && payment === null) return 'UNPAID';
    try {
      const turn = interactiveTurn(filler.newAsker(), () => payment?.called());
      const readAt = now();
      const bet: Bet | null = await connection.readDetail({ key, range, limits, turn });
      if (bet === null) return 'NOT_FOUND';
      await archive.commit({
        account: feed.account.id,
        provider: feed.account.provider,
        kind: 'BET',
        interval: null,
        readAt,
        rows: [bet],
        quarantined: [],
      });
      return 'FETCHED';
    } finally {
      payment?.end();
    }
  }

  return { read };
}

/** The second in which an id of 24 hex digits was made, or null where it tells none. */
function createdAt(key: string, now: number): number | null {
  if (!/^[0-9a-f]{24}$/i.test(key)) return null;
  const at = Number.parseInt(key.slice(0, 8), 16) * 1_000;
  return at >= EARLIEST_CREATION_MS && at <= now ? at : null;
}
