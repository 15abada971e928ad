import { expect } from 'vitest';
import type { KeptArchive } from '../../../src/archive/admin.ts';
import type { CommitResult, StoredRecord } from '../../../src/archive/archive.ts';
import { type ConnectedAccount, connectAccount } from '../../../src/feeds/connect.ts';
import { createDispatcher } from '../../../src/feeds/dispatch.ts';
import type { Feed } from '../../../src/feeds/feed.ts';
import { createFiller, type Filler } from '../../../src/feeds/filler.ts';
import { createReader } from '../../../src/feeds/reader.ts';
import { createLearnt } from '../../../src/feeds/reading/learnt.ts';
import type { Piece } from '../../../src/feeds/reading/piece.ts';
import type { Failure } from '../../../src/feeds/trouble.ts';
import type { Provider } from '../../../src/providers/provider.ts';
import { providers } from '../../../src/providers/registry.ts';
import type { Sandbox } from '../../../src/providers/sandbox.ts';
import type { FeedCoverage, Gap } from '../../../src/records/coverage.ts';
import type { Interval } from '../../../src/records/interval.ts';
import { createSandboxes } from '../../../src/sandbox/create.ts';
import type { Fault } from '../../../src/sandbox/fault.ts';
import type { FaultName } from '../../../src/sandbox/faults.ts';
import { createSandboxServer, type SandboxServer } from '../../../src/sandbox/host.ts';
import type { AttemptReport } from '../../../src/upstream/attempt-report.ts';
import { createPacer } from '../../../src/upstream/pace.ts';
import { defaultRetryPolicy, type RetryPolicy } from '../../../src/upstream/retry.ts';
import { createLocalSlots } from '../../../src/upstream/slots.ts';
import { all, firstPage } from '../../archive/conformance/sample.ts';
import { createLeapingClock, type LeapingClock } from './clock.ts';
import { createDrift } from './drift.ts';
import type { FeedUnderTest } from './feeds.ts';
import { secretsOf } from './secrets.ts';
import { type AccountOptions, settingsOf, WINDOW_MS } from './settings.ts';

const MINUTE = 60_000;
// Past every pause a failed window or a stopped account is given.
const ALL_PAUSES_MS = 11 * MINUTE;

export interface HarnessOptions extends AccountOptions {
  readonly pageSize?: number;
  readonly rowsPerMinute?: number;
  /** How many windows are asked for. @default 1 */
  readonly windows?: number;
  readonly finalAfterMs?: number;
  readonly maxBodyBytes?: number;
  /** How far the provider's clock is ahead of ours. */
  readonly aheadMs?: number;
  /** Where the account's calls go instead of straight to the sandbox. */
  readonly front?: (port: number) => Promise<string>;
  /** Our clock at the beginning. */
  readonly now?: number;
}

/** One feed and everything between its strict sandbox and the archive, over real sockets, alone with its account. */
export interface Harness {
  readonly under: FeedUnderTest;
  readonly feed: Feed;
  /** A second account of the same credentials. */
  readonly twin: Feed;
  /** Another provider's feed beside it. */
  readonly neighbour: Feed;
  readonly range: Interval;
  readonly clock: LeapingClock;
  readonly server: SandboxServer;
  readonly archive: KeptArchive;
  readonly filler: Filler;
  /** What was told of the feed's calls, failures and commits so far. */
  readonly attempts: readonly AttemptReport[];
  readonly failures: readonly Failure[];
  readonly commits: readonly CommitResult[];
  readonly pieces: readonly Piece[];
  /** How often the feed's answers were not as the document has them, by what it was; what never was is left out. */
  drift(): Promise<Readonly<Record<string, number>>>;
  /** Calls of the operation under test that reached the sandbox. */
  calls(operation?: string): Sandbox['calls'];
  inject(fault: Fault | FaultName, times?: number): void;
  ask(over?: {
    readonly maxWaitMs?: number;
    readonly feed?: Feed;
    readonly range?: Interval;
  }): Promise<FeedCoverage>;
  /** Reads the range again, held or not, as a revisit does; the pauses after failures are over by then. */
  readAgain(afterMs?: number): Promise<void>;
  stored(feed?: Feed): Promise<readonly StoredRecord[]>;
  truth(range?: Interval): readonly string[];
  quarantined(): ReturnType<KeptArchive['quarantined']>;
  /**
   * Faults stop and pauses pass: without anybody's help the archive becomes the provider's truth. `ghosts` are rows
   * it was given that never were: kept, and marked as vanished.
   */
  heals(ghosts?: number): Promise<void>;
  /** What must hold whatever went wrong: nothing is held that is not there, and no secret was told. */
  holds(): Promise<void>;
  close(): Promise<void>;
}

let opened = 0;

/** What a gateway knows of every sandbox's feed before long: its totals are totals, and it lists what lies at the start. */
function beforehand(monotonic: () => number) {
  const learnt = createLearnt(monotonic);
  learnt.noteTotal(2, 1);
  learnt.noteStart();
  return learnt;
}

export async function openHarness(
  under: FeedUnderTest,
  archive: KeptArchive,
  options: HarnessOptions = {},
): Promise<Harness> {
  opened += 1;
  const { windows = 1, rowsPerMinute = 2, aheadMs = 0, finalAfterMs = 0 } = options;
  const clock = createLeapingClock();
  if (options.now !== undefined) clock.set(options.now);
  const providerClock = () => clock.now() + aheadMs;
  const { provider } = under;
  const other = providers.findLast(({ name }) => name !== provider.name)!;
  const settings = { minIntervalMs: 0, rowsPerMinute, clock: providerClock };
  const boxes = await createSandboxes([provider, other], settings);
  const sandbox = boxes[provider.name]!;
  const server = await createSandboxServer({ sandboxes: boxes, clock: providerClock });
  const pacer = createPacer({ clock, slots: createLocalSlots(clock) });
  const policy: RetryPolicy = {
    ...defaultRetryPolicy,
    baseMs: 2,
    breakMs: 20,
    longestBreakMs: 40,
  };
  const attempts: AttemptReport[] = [];
  const failures: Failure[] = [];
  const commits: CommitResult[] = [];
  const pieces: Piece[] = [];
  const gapsSeen: Gap[] = [];
  const drift = createDrift();

  function connect(at: Provider, id: string, settings: HarnessOptions, baseUrl: string): ConnectedAccount {
    return connectAccount(at, settingsOf(at, id, boxes[at.name]!, settings, baseUrl), {
      pacer,
      clock,
      policy,
      maxBodyBytes: settings.maxBodyBytes,
      onAttempt: (report) => attempts.push(report),
    });
  }

  const ownOptions =
    options.pageSize === undefined || under.pageOption === null
      ? options
      : { ...options, options: { ...options.options, [under.pageOption]: options.pageSize } };
  const direct = server.baseUrl(provider.name);
  const baseUrl = (await options.front?.(Number(new URL(server.url).port))) ?? direct;
  const path = new URL(direct).pathname;
  const accounts = [
    connect(provider, `${provider.name}-${opened}`, ownOptions, new URL(path, baseUrl).href),
    connect(provider, `${provider.name}-${opened}-twin`, ownOptions, direct),
    connect(other, `${other.name}-${opened}`, {}, server.baseUrl(other.name)),
  ] as const;
  const feedOf = ({ feeds }: ConnectedAccount, kind = feeds[0]?.kind): Feed => {
    const feed = feeds.find((each) => each.kind === kind);
    if (feed === undefined) throw new Error(`no feed ${kind}`);
    return feed;
  };
  const feed = feedOf(accounts[0], under.kind);
  const mine = (each: Feed) => each.account.id === feed.account.id;
  const filler = createFiller({
    archive,
    now: clock.now,
    monotonic: clock.monotonic,
    reader: createReader({ monotonic: clock.monotonic, learntOf: beforehand }),
    onFailure: (each, _, failure) => mine(each) && failures.push(failure),
    onCommit(each, piece, result) {
      if (!mine(each)) return;
      commits.push(result);
      pieces.push(piece);
      drift.count(each, piece, result);
    },
  });
  const dispatcher = createDispatcher({
    archive,
    filler,
    now: clock.now,
    monotonic: clock.monotonic,
    maxRangeMs: Number.POSITIVE_INFINITY,
    finalAfterMs,
  });
  // Long enough ago by either clock that everything has settled, and all windows whole.
  let to = Math.floor((Math.min(clock.now(), providerClock()) - 10 * MINUTE) / WINDOW_MS) * WINDOW_MS;
  const rangeTo = (end: number) => ({ from: end - windows * WINDOW_MS, to: end });
  // What is asked begins a step before the range: where rows are few none is to lie there, so that answers are the range's.
  const before = ({ from }: Interval) => ({ from: from - feed.stepMs, to: from });
  const hasBefore = () => sandbox.truth(under.kind, before(rangeTo(to))).length > 0;
  for (let tries = 0; tries < 20 && hasBefore(); tries += 1) to -= WINDOW_MS;
  const range = rangeTo(to);

  async function cover(each: Feed, asked: Interval, maxWaitMs: number | null): Promise<FeedCoverage> {
    const { feeds } = await dispatcher.begin().cover({ feeds: [each], range: asked, maxWaitMs });
    const coverage = feeds[0]!;
    gapsSeen.push(...coverage.coverage.gaps);
    return coverage;
  }

  async function stored(each: Feed = feed, asked: Interval = range): Promise<readonly StoredRecord[]> {
    return archive.page(firstPage(all(each.kind, [each.account.id], asked), 100_000));
  }

  const truth = (asked: Interval = range) => sandbox.truth(under.kind, asked);

  async function tellsNoSecret(): Promise<void> {
    const aside = await archive.quarantined([feed.account.id]);
    const told = JSON.stringify([gapsSeen, failures, attempts, filler.health(feed), aside]);
    for (const secret of secretsOf(sandbox, under)) expect(told).not.toContain(secret);
  }

  return {
    under,
    feed,
    twin: feedOf(accounts[1], under.kind),
    neighbour: feedOf(accounts[2]),
    range,
    clock,
    server,
    archive,
    filler,
    attempts,
    failures,
    commits,
    pieces,
    stored,
    truth,
    async holds() {
      for (const span of (await cover(feed, range, null)).held) {
        expect((await stored(feed, span)).length).toBeGreaterThanOrEqual(truth(span).length);
      }
      await tellsNoSecret();
    },
    calls: (operation = under.operation ?? under.path) =>
      sandbox.calls.filter((call) => call.operation === operation),
    inject: (fault, times = 1) => server.inject(provider.name, fault, times, under.path),
    ask: ({ maxWaitMs = 10_000, feed: asked = feed, range: within = range } = {}) =>
      cover(asked, within, maxWaitMs),
    quarantined: () => archive.quarantined([feed.account.id]),
    drift: drift.read,
    async readAgain(afterMs = ALL_PAUSES_MS) {
      clock.leap(afterMs);
      const from = Array.from({ length: windows }, (_, index) => range.from + index * WINDOW_MS);
      const again = from.map((start) => ({ from: start, to: start + WINDOW_MS }));
      const tickets = filler.fill(feed, again, { knownAt: clock.monotonic(), isWanted: async () => true });
      await Promise.all(tickets.map((ticket) => ticket.done));
    },
    async heals(ghosts = 0) {
      server.heal(provider.name);
      clock.leap(ALL_PAUSES_MS);
      const { coverage } = await cover(feed, range, 10_000);
      expect(coverage).toMatchObject({ complete: true, gaps: [], quarantined: 0 });
      const rows = await stored();
      const listed = rows.filter((row) => row.vanishedAt === null);
      expect(listed.map((row) => row.raw).sort()).toEqual([...truth()].sort());
      expect(rows.length - listed.length).toBe(ghosts);
      await tellsNoSecret();
    },
    async close() {
      await filler.close(AbortSignal.timeout(50));
      await Promise.all(accounts.map(({ http }) => http.close()));
      await server.close();
    },
  };
}
