import type { KeptArchive } from '../archive/admin.ts';
import { type ClockMeasure, type ClockOffset, hullOf } from '../records/clock-reading.ts';
import { type Interval, intersect, union } from '../records/interval.ts';
import {
  bothEnds,
  type Evidence,
  provableFrom,
  searchedSpan,
  touches,
  UNKNOWN_OFFSET,
  wholeOf,
} from '../records/verdict.ts';
import { type Payer, type Payment, refusalOf } from './call-budget.ts';
import { type Feed, feedClock, feedName } from './feed.ts';
import { type Filler, interactiveTurn } from './filler.ts';
import type { Patience } from './patience.ts';
import { type Failure, failureOf } from './trouble.ts';

/** A transfer whose arrival is asked for: its code, and when it was sent by our clock. */
export interface TransferAsk {
  readonly code: string;
  readonly sentAt: number;
}

/** What was looked through for one transfer. Whether it was found, the archive tells: what is read is archived. */
export interface TransferSearch {
  /** Both ends included. */
  readonly searched: Interval;
  /** The reads of all of `searched` that came late enough to prove what is not in it; null where not all was read so. */
  readonly proof: readonly Evidence[] | null;
  /** The reads made for this question, whatever they prove. */
  readonly reads: readonly Evidence[];
  /** Why the provider could not be asked; null where it could. */
  readonly failure: Failure | null;
  /** The earliest instant, by our clock, at which a read can prove absence. */
  readonly provableAt: number;
  /** The latest that the provider's clock may show now: by it the provider forgets. */
  readonly providerLatest: number;
}

export interface TransferSearcher {
  /**
   * Asks the provider, as far as `maxWaitMs` and the payer's budget of calls allow, for what may prove where these
   * transfers are; 0 asks nobody. Reads under way already are free.
   */
  search(
    feed: Feed,
    asks: readonly TransferAsk[],
    maxWaitMs: number,
    payer?: Payer,
  ): Promise<readonly TransferSearch[]>;
}

export interface TransferSearcherOptions {
  readonly archive: Pick<KeptArchive, 'commit' | 'ledger' | 'clock'>;
  readonly filler: Pick<Filler, 'readNow' | 'newAsker'>;
  readonly patience: Patience;
  readonly now: () => number;
  readonly monotonic: () => number;
}

/** A read of this process, and when it was begun by the monotonic clock: it left no sooner. */
interface OwnRead extends Evidence {
  readonly begunAt: number;
}

interface Reading extends Interval {
  readonly begunAt: number;
  readonly done: Promise<void>;
}

/** What is to be read, who may pay for it, and whom to tell where nobody can. */
interface Wanted extends Interval {
  readonly payer: Payer | undefined;
  readonly refuse: () => void;
}

interface FeedSearches {
  /** When each question was first asked. */
  readonly asked: Map<string, number>;
  reads: OwnRead[];
  readonly readings: Set<Reading>;
  failure: Failure | null;
  /** What is to be read, gathered for a turn so that who asks at once shares the reads. */
  wanted: Wanted[];
  flush: Promise<void> | null;
}

const REMEMBER_MS = 600_000;
/** A read that left so long before the question may answer it. */
const EARLIER_MS = 10_000;
const LONG_AFTER_MS = 86_400_000;
const HOUR_MS = 3_600_000;
const MOST_ATTEMPTS = 2;

export function createTransferSearcher(options: TransferSearcherOptions): TransferSearcher {
  const { archive, filler, patience, now, monotonic } = options;
  const feeds = new Map<string, FeedSearches>();

  function stateOf(feed: Feed): FeedSearches {
    const name = feedName(feed);
    let state = feeds.get(name);
    if (state === undefined) {
      state = { asked: new Map(), reads: [], readings: new Set(), failure: null, wanted: [], flush: null };
      feeds.set(name, state);
    }
    return state;
  }

  /** When this question was first asked, by the monotonic clock; remembered for ten minutes. */
  function firstAsked({ asked }: FeedSearches, { code, sentAt }: TransferAsk): number {
    const since = monotonic() - REMEMBER_MS;
    for (const [name, at] of asked) if (at <= since) asked.delete(name);
    const name = `${sentAt} ${code}`;
    const at = asked.get(name) ?? monotonic();
    asked.set(name, at);
    return at;
  }

  async function search(
    feed: Feed,
    asks: readonly TransferAsk[],
    maxWaitMs: number,
    payer?: Payer,
  ): Promise<readonly TransferSearch[]> {
    const deadline = monotonic() + maxWaitMs;
    const state = stateOf(feed);
    state.reads = state.reads.filter(({ begunAt }) => begunAt > monotonic() - REMEMBER_MS - EARLIER_MS);
    const since = asks.map((ask) => firstAsked(state, ask));
    const checked = maxWaitMs === 0 ? asks.map(() => null) : await check(feed, asks, maxWaitMs / 2, payer);
    let refusal: Failure | null = null;
    const refuse = () => {
      if (payer !== undefined) refusal = refusalOf(payer);
    };
    // Once more where what the first look taught of the provider's clock moved what is to be searched.
    for (let attempts = 0; ; attempts += 1) {
      const left = deadline - monotonic();
      const hasFailed = refusal !== null || (attempts > 0 && state.failure !== null);
      const isLast = attempts === MOST_ATTEMPTS || left <= 0 || hasFailed;
      const measures = await measuresFor(feed, asks);
      const looks = await Promise.all(
        asks.map((ask, index) => look(feed, ask, measures, since[index] ?? monotonic())),
      );
      const lacking = looks.filter(({ isDone }, index) => !isDone && checked[index] === null);
      if (isLast || lacking.length === 0) {
        const failure = refusal ?? (attempts > 0 ? state.failure : null);
        return looks.map(({ search }, index) => {
          const found = checked[index] ?? null;
          return found === null ? { ...search, failure } : { ...search, reads: [found] };
        });
      }
      // All at once, so that they share what is read.
      await patience.settle(
        lacking.map(({ search, fresh }) =>
          read(feed, { ...bothEnds(search.searched), payer, refuse }, fresh),
        ),
        left,
      );
    }
  }

  /** Asks for each transfer by its code where the provider can be asked so; what is found is archived. */
  async function check(
    feed: Feed,
    asks: readonly TransferAsk[],
    waitMs: number,
    payer?: Payer,
  ): Promise<readonly (Evidence | null)[]> {
    const found: (Evidence | null)[] = asks.map(() => null);
    const { connection, account, limits } = feed;
    if (connection.checkTransfer === undefined) return found;
    const enough = new AbortController();
    const asker = filler.newAsker();
    const checks = asks.map(async ({ code, sentAt }, index) => {
      const payment = payer?.begin() ?? null;
      if (payer !== undefined && payment === null) return;
      const turn = interactiveTurn(asker, () => payment?.called());
      const checked = await connection
        .checkTransfer?.({ code, turn, limits, signal: enough.signal })
        .finally(() => payment?.end());
      if (checked == null || checked.transfer === null) return;
      const { operation, askedAt, transfer } = checked;
      await archive.commit({
        account: account.id,
        provider: account.provider,
        kind: feed.kind,
        interval: null,
        readAt: askedAt,
        rows: [transfer],
        quarantined: [],
      });
      const providerTime = feed.upstream?.clock.offset() == null ? null : feedClock(feed, now()).providerNow;
      found[index] = { operation, askedAt, providerTime, from: sentAt, to: sentAt, rows: 1 };
    });
    await patience.settle(checks, waitMs);
    enough.abort(new Error('the list decides'));
    return found;
  }

  /** What is known for one question by now, and since when a read counts for it. */
  async function look(feed: Feed, ask: TransferAsk, measures: readonly ClockMeasure[], since: number) {
    const state = stateOf(feed);
    const search = outcome(feed, ask, measures);
    const { searched, provableAt } = search;
    const isEarly = provableAt > now();
    // Where nothing can be proven yet it may still be found: as often as any open window is read.
    const fresh = isEarly ? monotonic() - feed.limits.openMaxAge : since - EARLIER_MS;
    const proof = proofIn(state, feed, searched, since) ?? (await ledgerProof(feed, searched));
    const reads = state.reads.filter((each) => each.begunAt >= fresh && touches(searched, each));
    return {
      search: { ...search, proof, reads },
      fresh,
      isDone: proof !== null || (isEarly && reads.length > 0),
    };
  }

  /** What was measured of the provider's clock that may bear on these questions, by whatever process. */
  async function measuresFor({ account }: Feed, asks: readonly TransferAsk[]) {
    if (asks.length === 0) return [];
    return archive.clock(account.id, Math.min(...asks.map(({ sentAt }) => sentAt)) - HOUR_MS);
  }

  function outcome(feed: Feed, { sentAt }: TransferAsk, measures: readonly ClockMeasure[]): TransferSearch {
    const { upstream, limits } = feed;
    const measured = measures
      .filter(({ untilAt }) => untilAt > sentAt - HOUR_MS)
      .reduce<ClockOffset | null>(hullOf, null);
    const offset = measured && hullOf(measured, upstream?.clock.offset() ?? null);
    const searched = searchedSpan(sentAt, offset);
    const wall = now();
    const { providerNow } = feedClock(feed, wall);
    const provableAt = wall + provableFrom(searched, limits.settlementLag) - providerNow;
    const providerLatest = wall + (offset ?? UNKNOWN_OFFSET).mostMs;
    return { searched, proof: null, reads: [], failure: null, provableAt, providerLatest };
  }

  /** The reads of this process that left late enough, and since the question was asked. */
  function proofIn(state: FeedSearches, feed: Feed, searched: Interval, since: number) {
    const earliest = provableFrom(searched, feed.limits.settlementLag);
    return wholeOf(
      searched,
      state.reads.filter(
        ({ begunAt, providerTime, askedAt }) =>
          begunAt >= since - EARLIER_MS && (providerTime ?? askedAt) >= earliest,
      ),
    );
  }

  /** What was read a day or more after its end needs no other look: nothing comes so late. */
  async function ledgerProof(feed: Feed, searched: Interval): Promise<readonly Evidence[] | null> {
    const parts = await archive.ledger({ account: feed.account.id, kind: feed.kind }, bothEnds(searched));
    const late = parts.flatMap(({ from, to, readAt, providerAt, rows }): Evidence[] =>
      (providerAt ?? readAt) < provableFrom(searched, LONG_AFTER_MS)
        ? []
        : [
            {
              operation: operationOf(feed),
              askedAt: readAt,
              providerTime: providerAt ?? null,
              from,
              to,
              rows: rows ?? 0,
            },
          ],
    );
    return wholeOf(searched, late);
  }

  /** Resolves when the interval was read by a call begun no sooner than `fresh`, or when that failed or was refused. */
  async function read(feed: Feed, interval: Wanted, fresh: number): Promise<void> {
    const state = stateOf(feed);
    const running = [...state.readings].filter(({ begunAt }) => begunAt >= fresh);
    if (wholeOf({ from: interval.from, to: interval.to - 1 }, running) !== null) {
      await Promise.all(running.map(({ done }) => done));
      return;
    }
    state.wanted.push(interval);
    state.flush ??= new Promise<void>((resolve) => setImmediate(resolve)).then(() => {
      const wanted = state.wanted;
      state.wanted = [];
      state.flush = null;
      return readAll(feed, state, wanted);
    });
    await state.flush;
  }

  async function readAll(feed: Feed, state: FeedSearches, wanted: readonly Wanted[]): Promise<void> {
    const longest = Math.max(feed.limits.grid, ...wanted.map((each) => each.to - each.from));
    const asker = filler.newAsker();
    await Promise.all(
      union(wanted)
        .flatMap((each) => slicesOf(feed, each, longest))
        .map(async (slice) => {
          const asking = wanted.filter((each) => intersect(each, slice) !== null);
          const payment = paymentOf(asking);
          if (payment === 'refused') {
            for (const { refuse } of asking) refuse();
            return;
          }
          const begunAt = monotonic();
          const done = readSlice(feed, state, slice, begunAt, asker, payment);
          const reading = { ...slice, begunAt, done };
          state.readings.add(reading);
          await done.finally(() => state.readings.delete(reading));
          payment?.end();
        }),
    );
  }

  async function readSlice(
    feed: Feed,
    state: FeedSearches,
    slice: Interval,
    begunAt: number,
    asker: ReturnType<Filler['newAsker']>,
    payment: Payment | null,
  ): Promise<void> {
    try {
      const pieces = await filler.readNow(feed, slice, asker, () => payment?.called());
      const isKnown = feed.upstream?.clock.offset() != null;
      for (const { interval, readAt, providerAt, rows, quarantined } of pieces) {
        if (interval === null) continue;
        state.reads.push({
          ...interval,
          operation: operationOf(feed),
          askedAt: readAt,
          providerTime: isKnown ? providerAt : null,
          rows: rows.length + quarantined.length,
          begunAt,
        });
      }
      state.failure = null;
    } catch (error) {
      state.failure = failureOf(error);
    }
  }

  return { search };
}

/** Whoever of those who ask can pay first does; null where one need not. */
function paymentOf(asking: readonly Wanted[]): Payment | null | 'refused' {
  for (const { payer } of asking) {
    if (payer === undefined) return null;
    const payment = payer.begin();
    if (payment !== null) return payment;
  }
  return 'refused';
}

/** The operation that lists a feed, as its pace's key ends with. */
function operationOf({ pace }: Feed): string {
  return pace.key.split(' ').at(-1) ?? pace.key;
}

/**
 * An interval in pieces that one call may ask for, by no more than `longest` where the provider allows any length. Where
 * it does not, each begins a step before: there is no room for that when it is asked, and a provider may leave out the
 * instant it is asked from.
 */
function slicesOf({ limits, stepMs }: Feed, { from, to }: Interval, longest: number): Interval[] {
  const before = limits.maxWindow === null ? 0 : stepMs;
  const length = limits.maxWindow ?? longest;
  const slices: Interval[] = [];
  for (let start = from - before; start + before < to; start += length - before)
    slices.push({ from: start, to: Math.min(to, start + length) });
  return slices;
}
