import type { Feed } from '../../src/feeds/feed.ts';
import type { FeedLimits, Page, PageAsk } from '../../src/providers/provider.ts';
import { unknownClock } from '../../src/records/clock-reading.ts';
import type { Interval } from '../../src/records/interval.ts';
import type { SeqNoFailure } from '../../src/records/record.ts';
import type { Departure } from '../../src/upstream/call.ts';

export const NOW = Date.UTC(2026, 10, 21);

/** A row whose key says when it was. */
export function rowAt(at: number, name = ''): SeqNoFailure {
  return {
    key: `${at}${name}`,
    formerKey: null,
    providerUsername: 'apitest001',
    axisAt: at,
    versionAt: null,
    raw: `{"at":${at}}`,
    seqNo: `${at}${name}`,
    event: null,
    statusCode: 500,
    statusMeaning: null,
    succeeded: false,
    requestedAt: at,
    respondedAt: null,
  };
}

export interface Asked {
  readonly interval: Interval;
  readonly page: number;
}

export interface PaperOptions {
  readonly rows?: readonly SeqNoFailure[];
  readonly paging?: Feed['paging'];
  /** Rows of one answer: where it comes whole it is cut there, and the feed's cap says so. */
  readonly size?: number | null;
  readonly stepMs?: number;
  readonly retention?: number | null;
  readonly limits?: Partial<FeedLimits>;
  /** Ends of an interval that the provider leaves out of its answers. @default none */
  readonly leavesOut?: 'start' | 'end';
  /** What the provider says of how many rows there are. @default all of them on pages, else nothing */
  readonly total?: (found: number, listed: number) => number | null;
  readonly departure?: Departure | (() => Departure);
  /** What is answered instead: counted from 1 over all calls. */
  readonly answer?: (page: Page, asked: Asked, call: number) => Page | Promise<Page>;
}

/** A feed whose provider is a list of rows: both ends of an interval belong to its answer. */
export function paperFeed(options: PaperOptions = {}): {
  readonly feed: Feed;
  readonly asked: Asked[];
  readonly asks: PageAsk[];
} {
  const { rows = [], paging = 'whole', size = null, stepMs = 1, retention = null, leavesOut } = options;
  const { departure = unknownClock(NOW), answer = (page) => page } = options;
  const { total = (found) => (paging === 'pages' ? found : null) } = options;
  const asked: Asked[] = [];
  const asks: PageAsk[] = [];

  async function readPage(ask: PageAsk): Promise<Page> {
    const left = typeof departure === 'function' ? departure() : departure;
    const interval = ask.interval(left);
    asked.push({ interval, page: ask.page });
    asks.push(ask);
    const from = interval.from + (leavesOut === 'start' ? stepMs : 0);
    const to = interval.to - (leavesOut === 'end' ? 1 : 0);
    const found = rows.filter(({ axisAt }) => axisAt >= from && axisAt <= to);
    const most = size ?? Number.POSITIVE_INFINITY;
    const start =
      paging === 'pages' ? (ask.page - 1) * most : paging === 'cursor' ? Number(ask.cursor ?? 0) : 0;
    const listed = found.slice(start, start + most);
    const rest = found[start + most];
    const page: Page = {
      interval,
      askedAt: left.now,
      rows: listed,
      quarantined: [],
      count: listed.length,
      total: total(found.length, listed.length),
      pageSize: paging === 'pages' ? size : null,
      ...(paging !== 'cursor' || rest === undefined
        ? {}
        : { next: String(start + most), coveredTo: rest.axisAt }),
    };
    return answer(page, { interval, page: ask.page }, asked.length);
  }

  const pace = { key: 'paper', minIntervalMs: 0, quota: null };
  const feed: Feed = {
    account: { id: 'paper-main', provider: 'ebet', currency: null },
    kind: 'SEQ_NO_FAILURE',
    limits: {
      maxWindow: null,
      grid: 600_000,
      minInterval: 0,
      quota: null,
      retention,
      rowCap: paging === 'whole' ? size : null,
      settlementLag: 0,
      openMaxAge: 30_000,
      confirmAfter: 600_000,
      settlesWithin: 0,
      timeout: 1_000,
      maxAttempts: 1,
      ...options.limits,
    },
    paging,
    stepMs,
    axis: 'requestedAt',
    pace,
    connection: { readPage: (_kind, ask) => readPage(ask), paceOf: () => pace },
  };
  return { feed, asked, asks };
}
