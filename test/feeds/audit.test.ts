import fc from 'fast-check';
import { afterEach, describe, expect, test } from 'vitest';
import type { KeptArchive } from '../../src/archive/admin.ts';
import type { CommitResult } from '../../src/archive/archive.ts';
import { createDuckDbArchive } from '../../src/archive/duckdb/index.ts';
import { auditedWindow, createAuditor } from '../../src/feeds/audit.ts';
import type { Feed } from '../../src/feeds/feed.ts';
import { createFiller } from '../../src/feeds/filler.ts';
import { unknownClock } from '../../src/records/clock-reading.ts';
import type { ReadPart } from '../../src/records/coverage.ts';
import type { CallsOfDay } from '../../src/upstream/call-meter.ts';
import { NOW, paperFeed, rowAt } from './paper-provider.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const revisits = [10 * MINUTE, HOUR];
const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

const part = (fromAgo: number, toAgo: number, over: Partial<ReadPart> = {}): ReadPart => ({
  from: NOW - fromAgo,
  to: NOW - toAgo,
  readAt: NOW - toAgo + DAY,
  quarantined: 0,
  ...over,
});

describe('the window of an audit', () => {
  const { feed } = paperFeed({ retention: 40 * DAY });
  const chosen = (ledger: readonly ReadPart[], random: number) =>
    auditedWindow({ feed, finalAfter: HOUR, ledger, clock: unknownClock(NOW), random: () => random });

  test('is any that has something final in it, each instant as likely as another', () => {
    const ledger = [part(30 * HOUR, 29 * HOUR), part(28 * HOUR, 25 * HOUR)];
    expect(chosen(ledger, 0)?.from).toBe(NOW - 30 * HOUR);
    expect(chosen(ledger, 0.2499)?.to).toBe(NOW - 29 * HOUR);
    expect(chosen(ledger, 0.25)?.from).toBe(NOW - 28 * HOUR);
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), (random) => {
        const window = chosen(ledger, random);
        expect(ledger.some(({ from, to }) => from < (window?.to ?? 0) && (window?.from ?? 0) < to)).toBe(
          true,
        );
      }),
    );
  });

  test('is none where nothing is final: read too soon, with rows set aside, or about to be forgotten', () => {
    const soon = part(30 * HOUR, 29 * HOUR, { readAt: NOW - 29 * HOUR });
    const aside = part(30 * HOUR, 29 * HOUR, { quarantined: 1 });
    const old = part(39 * DAY + 2 * HOUR, 39 * DAY + HOUR);
    for (const ledger of [[], [soon], [aside], [old]]) expect(chosen(ledger, 0.5)).toBeNull();
    expect(chosen([part(30 * HOUR, 29 * HOUR, { readAt: NOW - 29 * HOUR + 1 })], 0)).not.toBeNull();
  });
});

interface House {
  readonly archive: KeptArchive;
  readonly feed: Feed;
  readonly day: { calls: number; refusedAgoMs: number | null; paused: boolean };
  readonly found: [CommitResult, boolean][];
  readonly calls: () => number;
  look(share?: number): Promise<void>;
}

/** A feed whose two final hours are archived as they were, while the provider lists `rows` today. */
async function open(rows: Parameters<typeof paperFeed>[0]): Promise<House> {
  const archive = await createDuckDbArchive({ path: ':memory:', playerOf: (_, name) => name });
  const { feed: paper, asked } = paperFeed({ ...rows, limits: { grid: HOUR } });
  const day: House['day'] = { calls: 1_000, refusedAgoMs: null, paused: false };
  const upstream = {
    callsOfDay: (): CallsOfDay => day,
    paused: () => (day.paused ? new Error('paused') : null),
    outage: () => null,
    onRecovery: () => () => {},
    calls: () => ({ calls: 0, refused: 0 }),
    clock: { read: () => unknownClock(NOW), offset: () => null },
  };
  const connection: Feed['connection'] = {
    ...paper.connection,
    readPage(kind, ask) {
      ask.turn.served();
      return paper.connection.readPage(kind, ask);
    },
  };
  const feed = { ...paper, connection, upstream: upstream as unknown as NonNullable<Feed['upstream']> };
  const found: House['found'] = [];
  const filler = createFiller({
    archive,
    now: () => NOW,
    onCommit: (_feed, _piece, result, isAudit) => found.push([result, isAudit]),
  });
  closing.push(
    () => filler.close(AbortSignal.timeout(100)),
    () => archive.close(),
  );
  const common = { account: feed.account.id, kind: feed.kind, provider: 'ebet', quarantined: [] } as const;
  const interval = { from: NOW - 30 * HOUR, to: NOW - 28 * HOUR };
  await archive.commit({ ...common, interval, readAt: NOW - 2 * HOUR, rows: [rowAt(interval.from + 5)] });
  const auditors = new Map<number, ReturnType<typeof createAuditor>>();
  const auditorOf = (share: number) => {
    const auditor =
      auditors.get(share) ??
      createAuditor({
        ...{ share, revisits, filler, now: () => NOW, random: () => 0 },
        ledger: (key, range) => archive.ledger(key, range),
      });
    auditors.set(share, auditor);
    return auditor;
  };
  return {
    archive,
    feed,
    day,
    found,
    calls: () => asked.length,
    look: (share = 0.01) => auditorOf(share).look(feed),
  };
}

describe('an audit', () => {
  const start = NOW - 30 * HOUR;

  test('finds what a provider added long after, and says that it was an audit', async () => {
    const { archive, feed, found, look } = await open({ rows: [rowAt(start + 5), rowAt(start + 9, 'new')] });
    await look();
    expect(found).toMatchObject([[{ inserted: 1, late: 1, contradicted: 0 }, true]]);
    const asked = { kinds: [feed.kind], accounts: [feed.account.id], players: null } as const;
    const changes = await archive.changes({ ...asked, after: null, since: null, limit: 10 });
    expect(changes.map(({ type, key }) => [type, key])).toEqual([
      ['ADDED', `${start + 5}`],
      ['ADDED', `${start + 9}new`],
    ]);
  });

  test('spends no more than its share of the last day’s calls', async () => {
    const { day, calls, look } = await open({ rows: [rowAt(start + 5)] });
    day.calls = 99;
    await look();
    expect(calls()).toBe(0);
    day.calls = 299;
    for (let round = 0; round < 5; round += 1) await look();
    expect(calls()).toBe(2);
    day.calls = 300;
    await look();
    expect(calls()).toBe(3);
  });

  test('leaves a provider alone for an hour after a refusal, and while its account is paused', async () => {
    const { day, calls, look } = await open({ rows: [rowAt(start + 5)] });
    day.refusedAgoMs = HOUR - 1;
    await look();
    day.refusedAgoMs = HOUR;
    day.paused = true;
    await look();
    expect(calls()).toBe(0);
    day.paused = false;
    await look();
    expect(calls()).toBe(1);
  });

  test('has one window under way at a time', async () => {
    const { calls, look } = await open({ rows: [rowAt(start + 5)] });
    await Promise.all([look(), look(), look()]);
    expect(calls()).toBe(1);
  });
});
