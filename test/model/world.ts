import { UpstreamError } from '../../src/errors.ts';
import type { Feed } from '../../src/feeds/feed.ts';
import type { FeedLimits, Page, PageAsk } from '../../src/providers/provider.ts';
import type { Draw } from '../../src/providers/seeded.ts';
import type { Interval } from '../../src/records/interval.ts';
import type { Quarantined, Transfer } from '../../src/records/record.ts';
import { createProviderClock } from '../../src/upstream/provider-clock.ts';
import { transfer } from '../archive/conformance/sample.ts';

export const SECOND = 1_000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
export const GRID = 2 * HOUR;
export const LAG = 2 * MINUTE;
export const FRESH = 30 * SECOND;
export const REVISITS = [10 * MINUTE, HOUR, 24 * HOUR];
export const FINAL_AFTER = Math.max(...REVISITS);
/** Rows nothing ever happens to, so that an answer which lacks others proves that it could see. */
const ANCHOR_EVERY = 20 * MINUTE;

/** What kind of provider it is. */
export interface Traits {
  readonly paging: 'whole' | 'pages' | 'cursor';
  /** The ends of what is asked that its answers leave out. */
  readonly leavesOut: 'nothing' | 'start' | 'end';
  /** Whether one call may ask for more than a window. */
  readonly hasRoom: boolean;
  /** The finest time a request can spell. */
  readonly stepMs: number;
  /** What it says of how many rows there are: all, nothing, or those of the page. */
  readonly total: 'all' | 'none' | 'page';
  /** Rows of a page, or the cap of an answer that comes whole. */
  readonly size: number;
  /** How many rows a page is asked for: more than it has where the provider clamps. */
  readonly askedSize: number;
  /** Whether its answers are dated. */
  readonly dates: boolean;
  /** How far its clock is ahead of ours at first, and how much quicker it runs. */
  readonly aheadMs: number;
  readonly drift: number;
  /** Whether somebody sets its clock now and then. */
  readonly isSet: boolean;
}

/** A row as the provider has it. */
export interface TrueRow {
  readonly key: string;
  /** By the provider's clock. */
  readonly at: number;
  version: number;
  /** When it was listed, in true time; the last may be going on. */
  readonly listed: { readonly from: number; to: number }[];
}

export type Event = 'record' | 'late' | 'void' | 'relist' | 'change';
type Mishap = { readonly call: number; readonly what: 'slowDown' | 'giveUp' | 'retry' | 'aside' | Event };

/** A provider with a truth of its own, on a clock of its own, and true time, by which our clocks go. */
export function createWorld(account: string, traits: Traits, draw: Draw, start: number) {
  let now = start;
  // Since when the clock was ahead by how much, drift aside.
  const settings = [{ since: start, aheadMs: traits.aheadMs }];
  const rows = new Map<string, TrueRow>();
  /** Answers that were dated: when, in true time. */
  const dated: number[] = [];
  let names = 0;
  let calls = 0;
  let mishap: Mishap | null = null;
  let onCall: (moment: 'call' | 'answer') => Promise<void> = () => Promise.resolve();

  function aheadAt(instant: number): number {
    const { aheadMs } = settings.findLast(({ since }) => since <= instant) ?? settings[0]!;
    return aheadMs + (instant - start) * traits.drift;
  }
  const clockAt = (instant: number) => Math.floor(instant + aheadAt(instant));

  function add(key: string, at: number, listedFrom: number): void {
    rows.set(key, { key, at, version: 1, listed: [{ from: listedFrom, to: Number.POSITIVE_INFINITY }] });
  }
  // The window it begins in has one as well.
  add('a0', clockAt(start) - MINUTE, start);

  /** A row recorded now, and listed within the lag. */
  function record(key: string, at = clockAt(now)): void {
    const margin = traits.dates ? 10 * SECOND : MINUTE;
    add(key, at, now + draw.integer(LAG - margin));
  }

  const isListed = ({ listed }: TrueRow, instant = now) =>
    listed.some(({ from, to }) => from <= instant && instant < to);
  const ofLate = () =>
    [...rows.values()].filter(
      ({ key, at }) =>
        key.startsWith('r') && clockAt(now) < at + FINAL_AFTER - HOUR && clockAt(now) > at + LAG,
    );

  function happen(event: Event): void {
    names += 1;
    if (event === 'record') {
      record(`r${names}`);
    } else if (event === 'late') {
      add(`r${names}`, clockAt(now) - draw.integer(MINUTE), now + draw.integer(23 * HOUR));
    } else {
      const some = ofLate().filter((row) => isListed(row) === (event !== 'relist'));
      const row = some[draw.integer(some.length)];
      if (row !== undefined) befall(row, event);
    }
  }

  function befall(row: TrueRow, event: Event): void {
    if (event === 'change') row.version += 1;
    else if (event === 'void') row.listed.at(-1)!.to = now;
    else if (row.listed.every(({ to }) => to <= now))
      row.listed.push({ from: now, to: Number.POSITIVE_INFINITY });
  }

  /** Time passes, and the provider records what falls into it: at the very instants where windows meet as well. */
  function pass(ms: number): void {
    for (const until = now + ms; now < until; ) {
      const before = clockAt(now);
      now = Math.min(until, now + 5 * MINUTE);
      const after = clockAt(now);
      for (let at = Math.floor(before / ANCHOR_EVERY + 1) * ANCHOR_EVERY; at <= after; at += ANCHOR_EVERY) {
        names += 1;
        add(`a${names}`, at + 7, now + draw.integer(LAG - MINUTE - 10 * SECOND));
        if (at % GRID !== 0) continue;
        for (const beside of [-traits.stepMs, -1, 0, 1, traits.stepMs])
          if (draw.once(2)) add(`e${names}${beside}`, at + beside, now + draw.integer(30 * SECOND));
      }
    }
  }

  /** A clock's own view of the feed: each process measures the provider for itself. */
  function connect(): { readonly feed: Feed; readonly clock: ReturnType<typeof createProviderClock> } {
    const clock = createProviderClock({ now: wall, monotonic, until: async () => {} });

    async function readPage(ask: PageAsk): Promise<Page> {
      await onCall('call');
      const leftAt = monotonic();
      const left = clock.read();
      const untold = Math.min(left.now, left.providerNow);
      const interval = ask.interval({ ...left, providerAt: () => clock.at(leftAt) ?? untold });
      pass(10 + draw.integer(600));
      calls += 1;
      if (traits.dates) {
        clock.note(new Date(clockAt(now)).toUTCString(), { leftAt, answeredAt: monotonic() });
        dated.push(now);
      }
      const met = mishap?.call === calls ? mishap.what : null;
      if (met === 'slowDown' || met === 'giveUp' || met === 'retry')
        throw new UpstreamError(`${account}: expected rows, got ${met}`, { action: met });
      const answer = answerOf(interval, ask, left.now, met === 'aside');
      pass(10);
      if (met !== null && met !== 'aside') happen(met);
      await onCall('answer');
      return answer;
    }

    const pace = { key: `${account} /api/log`, minIntervalMs: SECOND, quota: null };
    const feed: Feed = {
      account: { id: account, provider: 'hotroad', currency: 'CNY' },
      kind: 'TRANSFER',
      limits: limitsOf(traits),
      paging: traits.paging,
      stepMs: traits.stepMs,
      axis: 'createdAt',
      pace,
      connection: { readPage: (_kind, ask) => readPage(ask), paceOf: () => pace },
      upstream: {
        clock,
        outage: () => null,
        paused: () => null,
        calls: () => ({ calls: 0, refused: 0 }),
        callsOfDay: () => ({ calls: 0, refusedAgoMs: null }),
        onRecovery: () => () => {},
      },
    };
    return { feed, clock };
  }

  function answerOf(
    interval: Interval,
    { page, cursor }: PageAsk,
    askedAt: number,
    setsAside: boolean,
  ): Page {
    const { leavesOut, paging, size, total } = traits;
    const found = [...rows.values()]
      .filter((row) => isListed(row))
      .filter(({ at }) => (leavesOut === 'start' ? at > interval.from : at >= interval.from))
      .filter(({ at }) => (leavesOut === 'end' ? at < interval.to : at <= interval.to))
      .sort((a, b) => a.at - b.at || (a.key < b.key ? -1 : 1));
    const begin = paging === 'pages' ? (page - 1) * size : paging === 'cursor' ? Number(cursor ?? 0) : 0;
    const listed = found.slice(begin, begin + size);
    const rest = found[begin + size];
    const broken = setsAside ? listed.slice(0, 1) : [];
    const aside = broken.map(
      (row): Quarantined => ({
        reason: 'amount: expected an amount, got "?"',
        raw: textOf(row),
        key: row.key,
      }),
    );
    return {
      interval,
      askedAt,
      rows: listed.slice(broken.length).map(toTransfer),
      quarantined: aside,
      count: listed.length,
      total: total === 'all' ? found.length : total === 'page' && paging === 'pages' ? listed.length : null,
      pageSize: paging === 'pages' ? traits.askedSize : null,
      ...(paging === 'cursor' && rest !== undefined
        ? { next: String(begin + size), ...(rest.at > (listed.at(-1)?.at ?? 0) && { coveredTo: rest.at }) }
        : {}),
    };
  }

  const monotonic = () => now - start;
  const wall = () => now;

  return {
    traits,
    connect,
    happen,
    pass,
    record,
    /** True time, by which ours goes as well. */
    now: wall,
    monotonic,
    clockAt,
    aheadAt,
    rows: () => [...rows.values()],
    row: (key: string) => rows.get(key) ?? null,
    isListed,
    /** Whether an answer was dated between two instants at which the clock was about so far ahead. */
    wasMeasured: (from: number, to: number, aheadMs: number) =>
      dated.some((at) => from <= at && at <= to && Math.abs(aheadAt(at) - aheadMs) < 15 * SECOND),
    lastDated: () => dated.at(-1) ?? Number.NEGATIVE_INFINITY,
    /** When the clock was set last; null where it never was. */
    lastSet: () => (settings.length === 1 ? null : settings.at(-1)!.since),
    setClock(aheadMs: number) {
      const drifted = (now - start) * traits.drift;
      settings.push({ since: now, aheadMs: aheadMs - drifted });
    },
    meet(next: Mishap | null) {
      calls = 0;
      mishap = next;
    },
    watch(listener: typeof onCall) {
      onCall = listener;
    },
  };
}
export type World = ReturnType<typeof createWorld>;

function limitsOf({ hasRoom, paging, size }: Traits): FeedLimits {
  return {
    maxWindow: hasRoom ? null : GRID,
    grid: GRID,
    minInterval: 0,
    quota: null,
    retention: 40 * 24 * HOUR,
    rowCap: paging === 'whole' ? size : null,
    settlementLag: LAG,
    openMaxAge: FRESH,
    confirmAfter: 10 * MINUTE,
    settlesWithin: 0,
    timeout: SECOND,
    maxAttempts: 1,
  };
}

export function textOf({ key, at, version }: TrueRow): string {
  return JSON.stringify({ transactionCode: key, at, version });
}

function toTransfer(row: TrueRow): Transfer {
  return transfer(row.key, row.at, { raw: textOf(row) });
}
