import { afterEach, describe, expect, test } from 'vitest';
import type { Commit } from '../../src/archive/archive.ts';
import { ArchiveError, UpstreamError } from '../../src/errors.ts';
import { type Backlog, createBacklog } from '../../src/feeds/backlog.ts';
import type { Claim, Claims } from '../../src/feeds/claims.ts';
import type { Feed, FeedUpstream } from '../../src/feeds/feed.ts';
import { createFiller, type Filler, interactiveTurn } from '../../src/feeds/filler.ts';
import { unknownClock } from '../../src/records/clock-reading.ts';
import type { Window } from '../../src/records/window.ts';
import type { Outage } from '../../src/upstream/breaker.ts';
import type { Clock } from '../../src/upstream/clock.ts';
import { pausedError } from '../../src/upstream/halt.ts';
import { createPacer } from '../../src/upstream/pace.ts';
import { createProviderClock } from '../../src/upstream/provider-clock.ts';
import { createLocalSlots } from '../../src/upstream/slots.ts';
import { unchanged } from '../archive/conformance/sample.ts';
import { NOW, type PaperOptions, paperFeed, rowAt } from './paper-provider.ts';

const WINDOW = 600_000;
const first = NOW - 100 * WINDOW;
const windowAt = (index: number): Window => ({
  from: first + index * WINDOW,
  to: first + (index + 1) * WINDOW,
});
const windows = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, index) => windowAt(from + index));

const fillers: Filler[] = [];
afterEach(async () => {
  await Promise.all(fillers.splice(0).map((filler) => filler.close(AbortSignal.timeout(0))));
});

/** A clock whose waits are over at once. */
function paperClock(): Clock & { leap(ms: number): void } {
  let at = 0;
  return {
    now: () => NOW + at,
    monotonic: () => at,
    until: async (instant) => {
      at = Math.max(at, instant);
    },
    leap(ms) {
      at += ms;
    },
  };
}

interface SetUp extends PaperOptions {
  /** Called as each window's slot comes, with how many were served before. */
  readonly onServed?: (window: number, before: number) => void;
  readonly commit?: (commit: Commit) => Promise<void>;
  readonly backlog?: Backlog;
  readonly claims?: Claims;
  readonly upstream?: FeedUpstream;
}

/** A filler over one feed whose calls are paced for real, by a clock of paper. */
function setUp(options: SetUp = {}) {
  const clock = paperClock();
  const { feed: plain } = paperFeed(options);
  const pacer = createPacer({ clock, slots: createLocalSlots(clock) });
  const rule = { key: 'paper', minIntervalMs: 3_000, quota: null };
  const served: number[] = [];
  const committed: number[] = [];
  const feed: Feed = {
    ...plain,
    upstream: options.upstream,
    pace: rule,
    connection: {
      ...plain.connection,
      async readPage(kind, ask) {
        const slot = await pacer.slot({ rule, turn: ask.turn, signal: ask.signal, open: async () => {} });
        const { from } = ask.interval(unknownClock(NOW));
        // Asked from a step before it.
        const window = Math.ceil((from - first) / WINDOW) + 0;
        options.onServed?.(window, served.length);
        served.push(window);
        slot.written();
        slot.done();
        return plain.connection.readPage(kind, ask);
      },
    },
  };
  const archive = {
    async commit(commit: Commit) {
      await options.commit?.(commit);
      if (commit.interval !== null) committed.push((commit.interval.from - first) / WINDOW);
      return unchanged;
    },
  };
  const filler = createFiller({ ...clock, archive, backlog: options.backlog, claims: options.claims });
  fillers.push(filler);
  const fill = (wanted: readonly Window[], knownAt = clock.monotonic()) =>
    filler.fill(feed, wanted, { knownAt, isWanted: async () => true });
  return { clock, feed, filler, fill, served, committed };
}

const settled = (tickets: readonly { readonly done: Promise<void> }[]) =>
  Promise.all(tickets.map((ticket) => ticket.done));

test('no window is begun while what was read waits for the archive', async () => {
  let write = () => {};
  const written = new Promise<void>((resolve) => {
    write = resolve;
  });
  const rows = Array.from({ length: 12 * 5 }, (_, index) => rowAt(first + (index * WINDOW) / 5 + 1));
  const backlog = createBacklog({ mostOfFeed: 10 });
  const { fill, served, committed } = setUp({ rows, backlog, commit: () => written });
  const tickets = fill(windows(0, 12));
  await expect.poll(() => served.length).toBe(2);
  await new Promise((resolve) => setImmediate(resolve));
  expect(served).toEqual([0, 1]);
  expect(committed).toEqual([]);
  write();
  await settled(tickets);
  expect(served).toHaveLength(12);
  expect(committed).toHaveLength(12);
});

describe('turns', () => {
  test('a cold big query leaves another’s single window served within the next two slots', async () => {
    const joined: (() => void)[] = [];
    let late = Number.NaN;
    const filling = setUp({
      onServed(_, before) {
        if (before !== 4) return;
        late = before;
        const [ticket] = filling.fill([windowAt(99)]);
        joined.push(ticket!.join(filling.filler.newAsker()));
      },
    });
    const big = filling.filler.newAsker();
    const tickets = filling.fill(windows(0, 30));
    for (const ticket of tickets) joined.push(ticket.join(big));
    await settled(tickets);
    const turn = filling.served.indexOf(99);
    expect(turn - late).toBeGreaterThan(0);
    expect(turn - late).toBeLessThanOrEqual(2);
    expect(filling.served).toHaveLength(31);
  });

  test('two who wait take turns, one window each', async () => {
    const { filler, fill, served } = setUp();
    const [one, other] = [filler.newAsker(), filler.newAsker()];
    const theirs = fill(windows(0, 5));
    for (const ticket of theirs) ticket.join(one);
    const others = fill(windows(50, 55));
    for (const ticket of others) ticket.join(other);
    await settled([...theirs, ...others]);
    const turns = served.map((window) => (window < 50 ? 'one' : 'other'));
    expect(turns).toEqual(['one', 'other', 'one', 'other', 'one', 'other', 'one', 'other', 'one', 'other']);
  });

  test('what somebody waits for goes before what nobody does', async () => {
    const { filler, fill, served } = setUp();
    const background = fill(windows(0, 5));
    const waited = fill([windowAt(50)]);
    waited[0]?.join(filler.newAsker());
    await settled([...background, ...waited]);
    expect(served.indexOf(50)).toBeLessThanOrEqual(1);
  });

  test('a window whose last asker left is in the background again', async () => {
    const { filler, fill, served } = setUp();
    const left = fill(windows(0, 3));
    const leave = left.map((ticket) => ticket.join(filler.newAsker()));
    const waited = fill(windows(50, 53));
    for (const ticket of waited) ticket.join(filler.newAsker());
    for (const each of leave) each();
    await settled([...left, ...waited]);
    expect(served).toEqual([50, 51, 52, 0, 1, 2]);
  });

  test('windows of one asker are read in the order they were given', async () => {
    const { filler, fill, served } = setUp();
    const asker = filler.newAsker();
    const tickets = fill([7, 3, 5].map(windowAt));
    for (const ticket of tickets) ticket.join(asker);
    await settled(tickets);
    expect(served).toEqual([7, 3, 5]);
  });

  test('a call outside any window stands in the interactive lane at its asker’s turn', () => {
    const { filler } = setUp();
    const asker = filler.newAsker();
    const { lane, lines } = interactiveTurn(asker);
    expect([lane, ...lines]).toEqual(['interactive', { order: asker.order }]);
  });
});

describe('a window', () => {
  test('is read once, however many ask for it meanwhile', async () => {
    const { fill, served } = setUp();
    const [one] = fill([windowAt(1)]);
    const [other] = fill([windowAt(1)]);
    expect(other).toBe(one);
    await one?.done;
    expect(served).toEqual([1]);
  });

  test('finished after its asker looked is not read again; asked for with a later look it is', async () => {
    const { clock, fill, served } = setUp();
    const looked = clock.monotonic();
    await settled(fill([windowAt(1)], looked));
    await settled(fill([windowAt(1)], looked));
    expect(served).toEqual([1]);
    clock.leap(1);
    await settled(fill([windowAt(1)], clock.monotonic()));
    expect(served).toEqual([1, 1]);
  });

  test('that failed waits for its time, and says why', async () => {
    let down = true;
    const error = new UpstreamError('paper-main: torn', { action: 'giveUp' });
    const { clock, feed, filler, fill, served } = setUp({
      answer: (page) => (down ? Promise.reject(error) : page),
    });
    await settled(fill([windowAt(1)]));
    const [trouble] = filler.troubles(feed, windowAt(1));
    expect(trouble).toMatchObject({ ...windowAt(1), reason: 'PROVIDER_ERROR', message: 'paper-main: torn' });
    expect(filler.mustWait(feed, windowAt(1))).toBe(true);
    expect(filler.troubles(feed, windowAt(2))).toEqual([]);
    down = false;
    await settled(fill([windowAt(1)], clock.monotonic() + 1));
    expect(served).toEqual([1]);
    clock.leap(trouble!.retryAt! - clock.now());
    expect(filler.mustWait(feed, windowAt(1))).toBe(false);
    await settled(fill([windowAt(1)], clock.monotonic() + 1));
    expect(served).toEqual([1, 1]);
    expect(filler.troubles(feed, windowAt(1))).toEqual([]);
  });

  test('that is queued is PENDING, with the time its turn may come', async () => {
    const { clock, feed, filler, fill } = setUp();
    const tickets = fill(windows(0, 3));
    const pending = filler.troubles(feed, { from: first, to: first + 3 * WINDOW });
    expect(pending.map(({ reason, retryAt }) => [reason, retryAt! - clock.now()])).toEqual([
      ['PENDING', 3_000],
      ['PENDING', 6_000],
      ['PENDING', 9_000],
    ]);
    expect(filler.health(feed)).toMatchObject({ state: 'IDLE', queued: 3, reading: 0 });
    await settled(tickets);
    expect(filler.health(feed)).toMatchObject({ state: 'OK', queued: 0, reading: 0 });
  });

  test('whose rows cannot be archived is asked for again soon', async () => {
    const full = new ArchiveError('archive: the disk is full');
    const { feed, filler, fill } = setUp({ commit: () => Promise.reject(full) });
    await settled(fill([windowAt(1)]));
    expect(filler.troubles(feed, windowAt(1))).toMatchObject([
      { reason: 'PENDING', message: 'archive: the disk is full' },
    ]);
  });
});

describe('a window that another process took over', () => {
  test('is read no further, and nothing of it is committed', async () => {
    const lost = new AbortController();
    let released = 0;
    const claim: Claim = {
      fence: { account: 'paper-main', kind: 'SEQ_NO_FAILURE', from: windowAt(1).from, token: 1 },
      lost: lost.signal,
      began() {},
      release: async () => {
        released += 1;
      },
    };
    const asked: number[] = [];
    const { fill, filler, feed, committed } = setUp({
      rows: Array.from({ length: 9 }, (_, index) => rowAt(windowAt(1).from + index)),
      paging: 'pages',
      size: 2,
      claims: { claim: async () => claim, close() {} },
      answer(page, { page: number }) {
        asked.push(number);
        if (number === 2) lost.abort(new Error('another process took the window over'));
        return page;
      },
    });
    await settled(fill([windowAt(1)]));
    expect(asked).toEqual([1, 2]);
    expect(committed).toEqual([]);
    expect(released).toBe(1);
    // It is the other's business now: no failure of this feed.
    expect(filler.health(feed)).toMatchObject({ state: 'IDLE', message: null });
  });
});

describe('a machine whose clock is set', () => {
  test('an hour ahead and back goes on reading the live window, each read taking the place of the last', async () => {
    let wall = NOW;
    const stamps: number[] = [];
    const { clock, feed } = setUp();
    const filler = createFiller({
      archive: {
        async commit({ readAt }) {
          stamps.push(readAt);
          return unchanged;
        },
      },
      now: () => wall,
      monotonic: clock.monotonic,
    });
    fillers.push(filler);
    const departing: Feed = {
      ...feed,
      connection: {
        ...feed.connection,
        async readPage(kind, ask) {
          const page = await feed.connection.readPage(kind, {
            ...ask,
            interval: (departure) => ask.interval({ ...departure, now: wall }),
          });
          return { ...page, askedAt: wall };
        },
      },
    };
    for (const said of [NOW, NOW + 3_600_000, NOW + 60_000, NOW + 120_000]) {
      wall = said;
      clock.leap(30_000);
      const knownAt = clock.monotonic();
      const tickets = filler.fill(departing, [windowAt(1)], { knownAt, isWanted: async () => true });
      await settled(tickets);
    }
    expect(stamps).toEqual([NOW, NOW + 3_600_000, NOW + 3_600_000, NOW + 3_600_000]);
  });
});

describe('a feed whose provider is down', () => {
  const error = new UpstreamError('paper-main: expected HTTP 200, got 500', { action: 'retry' });

  /** A provider that is down for `retryInMs` more until it recovers. */
  function setUpDown() {
    let outage: Outage | null = { error, retryInMs: 9_000 };
    let recover = () => {};
    const filling = setUp({
      upstream: {
        clock: createProviderClock(paperClock()),
        outage: () => outage,
        paused: () => null,
        calls: () => ({ calls: 0, refused: 0 }),
        callsOfDay: () => ({ calls: 0, refusedAgoMs: null }),
        onRecovery(listener) {
          recover = listener;
          return () => {};
        },
      },
      answer: (page) => (outage === null ? page : Promise.reject(error)),
    });
    return {
      ...filling,
      recover() {
        outage = null;
        recover();
      },
      close() {
        outage = null;
      },
    };
  }

  test('says so for all that is missing, in the provider’s words, with the time it is asked next', async () => {
    const { clock, feed, filler, fill } = setUpDown();
    const range = { from: first, to: first + 50 * WINDOW };
    const told = { reason: 'PROVIDER_ERROR', message: error.message, retryAt: clock.now() + 9_000 };
    expect(filler.troubles(feed, range)).toEqual([{ ...range, ...told }]);
    await settled(fill(windows(0, 2)));
    const retryAt = clock.now() + 9_000;
    for (const trouble of filler.troubles(feed, range)) expect(trouble).toMatchObject({ ...told, retryAt });
    expect(filler.health(feed)).toMatchObject({ state: 'FAILING', message: error.message, retryAt });
  });

  test('has its windows try as often as its breaker lets them: one at a time', async () => {
    const { feed, filler, fill } = setUpDown();
    await settled(fill([windowAt(1)]));
    expect(filler.mustWait(feed, windowAt(1))).toBe(false);
  });

  test('is asked for all that failed at once when it is back', async () => {
    const { feed, filler, fill, close, recover } = setUpDown();
    await settled(fill(windows(0, 3)));
    close();
    expect(windows(0, 3).map((window) => filler.mustWait(feed, window))).toEqual([true, true, true]);
    recover();
    expect(windows(0, 3).map((window) => filler.mustWait(feed, window))).toEqual([false, false, false]);
  });
});

test('a paused account has its windows wait, says so without a time, and is asked at once when it is resumed', async () => {
  let paused: UpstreamError | null = null;
  let resume = () => {};
  const { clock, feed, filler, fill, served, committed } = setUp({
    upstream: {
      clock: createProviderClock(paperClock()),
      outage: () => null,
      paused: () => paused,
      calls: () => ({ calls: 0, refused: 0 }),
      callsOfDay: () => ({ calls: 0, refusedAgoMs: null }),
      onRecovery(listener) {
        resume = listener;
        return () => {};
      },
    },
    // A pause that comes while windows wait for their slots.
    answer: (page) => (paused === null ? page : Promise.reject(paused)),
    onServed: (_window, before) => {
      if (before === 1) paused = pausedError('paper-main');
    },
  });
  await settled(fill(windows(0, 3)));
  const asked = served.length;
  const range = { from: first, to: first + 9 * WINDOW };
  const message = 'paper-main: paused by an admin, asked nothing until it is resumed';
  expect(filler.troubles(feed, range)).toEqual([{ ...range, reason: 'PENDING', retryAt: null, message }]);
  expect(filler.health(feed)).toMatchObject({
    state: 'STOPPED',
    message,
    retryAt: null,
    lastFailureAt: null,
  });
  await settled(fill(windows(0, 3)));
  expect(served).toHaveLength(asked);
  paused = null;
  resume();
  clock.leap(1);
  expect(filler.troubles(feed, range)).toEqual([]);
  await settled(fill(windows(1, 3)));
  expect(committed).toEqual([0, 1, 2]);
});

test('a window that keeps failing is asked for with growing pauses, up to ten minutes', async () => {
  const error = new UpstreamError('paper-main: torn', { action: 'retry' });
  const { clock, feed, filler, fill } = setUp({ answer: () => Promise.reject(error) });
  const pauses: number[] = [];
  for (let failures = 0; failures < 8; failures += 1) {
    await settled(fill([windowAt(1)]));
    const [trouble] = filler.troubles(feed, windowAt(1));
    pauses.push((trouble!.retryAt! - clock.now()) / 1_000);
    clock.leap(trouble!.retryAt! - clock.now());
  }
  expect(pauses).toEqual([15, 30, 60, 120, 240, 480, 600, 600]);
});

test('what failed is forgotten once the provider no longer gives it', async () => {
  const error = new UpstreamError('paper-main: torn', { action: 'giveUp' });
  const retention = 100 * WINDOW + 3_600_000;
  const { clock, feed, filler, fill } = setUp({ retention, answer: () => Promise.reject(error) });
  await settled(fill([windowAt(0)]));
  expect(filler.troubles(feed, windowAt(0))).toHaveLength(1);
  clock.leap(3_600_000 + WINDOW + 1);
  fill([]);
  expect(filler.troubles(feed, windowAt(0))).toEqual([]);
});

describe('closing', () => {
  test('gives back what was not begun, finishes what was, and begins nothing more', async () => {
    let answer = () => {};
    let begun = () => {};
    const beginning = new Promise<void>((resolve) => {
      begun = resolve;
    });
    const { filler, fill, served, committed } = setUp({
      answer: (page) =>
        new Promise((resolve) => {
          answer = () => resolve(page);
          begun();
        }),
      onServed: (_, before) => {
        if (before > 0) throw new Error('expected no other window to be begun');
      },
    });
    const tickets = fill(windows(0, 5));
    await beginning;
    const closing = filler.close(new AbortController().signal);
    await settled(tickets.slice(1));
    answer();
    await closing;
    expect(committed).toEqual([0]);
    await settled(fill([windowAt(9)]));
    expect(served).toEqual([0]);
  });

  test('gives up what was begun when patience ends', async () => {
    let begun = () => {};
    const beginning = new Promise<void>((resolve) => {
      begun = resolve;
    });
    const { feed, filler, fill, committed } = setUp({ rows: [] });
    const stuck: Feed = {
      ...feed,
      connection: {
        ...feed.connection,
        readPage: (_, { turn, signal }) =>
          new Promise((_resolve, reject) => {
            turn.served();
            signal?.addEventListener('abort', () => reject(signal.reason), { once: true });
            begun();
          }),
      },
    };
    const [ticket] = filler.fill(stuck, [windowAt(1)], { knownAt: 0, isWanted: async () => true });
    await beginning;
    const patience = new AbortController();
    const closing = filler.close(patience.signal);
    patience.abort();
    await Promise.all([closing, ticket?.done]);
    expect(committed).toEqual([]);
    expect(filler.troubles(feed, windowAt(1))).toEqual([]);
    await settled(fill([windowAt(2)]));
  });
});
