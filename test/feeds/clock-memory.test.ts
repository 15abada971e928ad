import { afterEach, describe, expect, test } from 'vitest';
import type { KeptArchive, Reopening } from '../../src/archive/admin.ts';
import { createDuckDbArchive } from '../../src/archive/duckdb/index.ts';
import { createClockMemory } from '../../src/feeds/clock-memory.ts';
import { createFiller } from '../../src/feeds/filler.ts';
import type { ClockMeasure } from '../../src/records/clock-reading.ts';
import type { RecordKind } from '../../src/records/record.ts';
import { createProviderClock } from '../../src/upstream/provider-clock.ts';
import { sameName } from '../archive/conformance/store.ts';
import { paperFeed, rowAt } from './paper-provider.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const NOON = Date.UTC(2026, 10, 26, 12);

const archives: KeptArchive[] = [];
afterEach(() => Promise.all(archives.splice(0).map((archive) => archive.close())));

async function openArchive(): Promise<KeptArchive> {
  const archive = await createDuckDbArchive({ path: ':memory:', playerOf: sameName });
  archives.push(archive);
  return archive;
}

/** A process on an archive, at an instant of our clock, and a provider whose answers say how far it is ahead. */
function startProcess(
  archive: Parameters<typeof createClockMemory>[0]['archive'],
  at: number,
  others = false,
) {
  let passed = 0;
  const now = () => at + passed;
  const clock = createProviderClock({ now, monotonic: () => passed, until: async () => {} });
  const { feed } = paperFeed({
    rows: [rowAt(NOON - HOUR)],
    limits: { settlementLag: MINUTE },
    departure: () => ({ ...clock.read(), providerAt: () => clock.at(passed) ?? now() }),
    answer(page) {
      answer(ahead);
      return page;
    },
  });
  let ahead = 0;
  const upstream = {
    clock,
    outage: () => null,
    paused: () => null,
    calls: () => ({ calls: 0, refused: 0 }),
    callsOfDay: () => ({ calls: 0, refusedAgoMs: null }),
    onRecovery: () => () => {},
  };
  const own = { ...feed, upstream };
  const errors: unknown[] = [];
  const leases = others ? ({} as NonNullable<KeptArchive['leases']>) : undefined;
  const memory = createClockMemory({
    feeds: [own, feed],
    archive: { ...archive, leases },
    now,
    onError: (_, error) => errors.push(error),
  });
  function answer(aheadMs: number) {
    ahead = aheadMs;
    clock.note(new Date(now() + aheadMs).toUTCString(), { leftAt: passed, answeredAt: passed });
  }
  return {
    feed: own,
    clock,
    memory,
    errors,
    answer,
    now,
    ahead(ms: number) {
      ahead = ms;
    },
    pass(ms: number) {
      passed += ms;
    },
  };
}

describe('what answers say of a provider’s clock', () => {
  test('is known after a restart as it was before', async () => {
    const archive = await openArchive();
    const first = startProcess(archive, NOON);
    await first.memory.restore();
    expect(first.clock.offset()).toBeNull();
    first.answer(-5 * MINUTE);
    first.pass(3 * MINUTE);
    first.answer(0);
    await first.memory.settled('paper-main');
    const next = startProcess(archive, NOON + 4 * MINUTE);
    await next.memory.restore();
    expect(next.clock.offset()).toEqual({ leastMs: -5 * MINUTE, mostMs: SECOND });
    // Each bears on what is read for ten minutes from the end of its own.
    next.pass(7 * MINUTE);
    next.answer(0);
    expect(next.clock.offset()).toEqual({ leastMs: 0, mostMs: SECOND });
  });

  test('is written only as far as it says anything new', async () => {
    const writes: (readonly ClockMeasure[])[] = [];
    const archive = {
      writeClock: async (_account: string, measures: readonly ClockMeasure[]) => void writes.push(measures),
      clock: async () => [],
      reopen: async (_account: string, _kinds: readonly RecordKind[], { measures }: Reopening) =>
        void writes.push(measures),
    };
    const { answer, memory, pass } = startProcess(archive, NOON);
    for (let times = 0; times < 20; times += 1) {
      answer(0);
      pass(2 * SECOND);
      await memory.settled('paper-main');
    }
    expect(writes).toEqual([[{ untilAt: NOON + MINUTE, leastMs: 0, mostMs: SECOND }]]);
  });

  test('is known to every process that shares the archive before anything rests on it', async () => {
    const archive = await openArchive();
    const one = startProcess(archive, NOON, true);
    const other = startProcess(archive, NOON, true);
    one.answer(-5 * MINUTE);
    await one.memory.settled('paper-main');
    other.ahead(0);
    const filler = createFiller({ archive, clocks: other.memory, now: other.now, monotonic: () => 0 });
    const interval = { from: NOON - HOUR, to: NOON };
    const pieces = await filler.readNow(other.feed, interval, filler.newAsker());
    expect(pieces.map(({ providerAt, interval: held }) => [providerAt, held?.to])).toEqual([
      [NOON - 5 * MINUTE, NOON - 5 * MINUTE],
    ]);
  });

  test('is kept with the next answer where it could not be kept at once', async () => {
    const archive = await openArchive();
    let fails = true;
    const shaky = {
      clock: archive.clock,
      async reopen(account: string, kinds: readonly RecordKind[], reopening: Reopening) {
        if (fails) throw new Error('archive: gone');
        await archive.reopen(account, kinds, reopening);
      },
      async writeClock(account: string, measures: readonly ClockMeasure[]) {
        if (fails) throw new Error('archive: gone');
        await archive.writeClock(account, measures);
      },
    };
    const { answer, memory, errors } = startProcess(shaky, NOON);
    answer(-MINUTE);
    await expect(memory.settled('paper-main')).rejects.toThrow('archive: gone');
    expect(errors.length).toBeGreaterThan(0);
    fails = false;
    answer(0);
    await memory.settled('paper-main');
    expect(await archive.clock('paper-main', 0)).toEqual([
      { untilAt: NOON + MINUTE, leastMs: -MINUTE, mostMs: SECOND },
    ]);
  });
});

describe('a clock that fell back', () => {
  test('has what it held opened again before anything else is said of what is read, tried until it is', async () => {
    const reopened: (Reopening & { readonly kinds: readonly RecordKind[] })[] = [];
    let fails = false;
    const archive = {
      writeClock: async () => {},
      clock: async () => [],
      async reopen(_account: string, kinds: readonly RecordKind[], reopening: Reopening) {
        reopened.push({ kinds, ...reopening });
        if (fails) throw new Error('archive: gone');
      },
    };
    const { answer, memory, pass } = startProcess(archive, NOON);
    answer(0);
    await memory.settled('paper-main');
    pass(30 * SECOND);
    answer(30 * SECOND);
    await memory.settled('paper-main');
    fails = true;
    answer(-HOUR);
    await expect(memory.settled('paper-main')).rejects.toThrow('archive: gone');
    fails = false;
    await memory.settled('paper-main');
    const known = { fellTo: NOON, providerNow: NOON, now: NOON };
    const fellTo = NOON + 30 * SECOND - HOUR;
    const fallen = { fellTo, providerNow: fellTo, now: NOON + 30 * SECOND };
    const measure = { untilAt: NOON + MINUTE, leastMs: -HOUR };
    // All feeds of the account at once, with what is to be kept of the clock, until it is.
    expect(reopened[0]).toMatchObject({ ...known, measures: [{ untilAt: NOON + MINUTE, leastMs: 0 }] });
    expect(reopened[0]?.kinds).toHaveLength(2);
    expect(reopened.length).toBeGreaterThanOrEqual(3);
    for (const each of reopened.slice(1)) expect(each).toMatchObject({ ...fallen, measures: [measure] });
  });
});
