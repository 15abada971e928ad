import pg from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { PostgresArchive } from '../../src/archive/postgres/index.ts';
import type { Interval } from '../../src/records/interval.ts';
import type { PaceRule } from '../../src/records/pace.ts';
import { systemClock } from '../../src/upstream/clock.ts';
import { createPacer } from '../../src/upstream/pace.ts';
import { guardOf } from '../../src/upstream/slots.ts';
import { fixedTurn } from '../../src/upstream/turn.ts';
import { all, bet, firstPage, read } from './conformance/sample.ts';
import { createPostgresStore, type PostgresStore } from './postgres/store.ts';
import { type PostgresServer, startPostgres } from './postgres-server.ts';

let server: PostgresServer;
let store: PostgresStore;
beforeAll(async () => {
  server = await startPostgres();
  store = await createPostgresStore(server);
});
afterAll(() => server.stop());

const opened: PostgresArchive[] = [];
afterEach(async () => {
  await Promise.all(opened.splice(0).map((archive) => archive.close()));
});

/** An archive as another process has it: with connections and a name of its own. */
async function openProcess(leaseMs?: number): Promise<PostgresArchive> {
  const archive = await store.open(leaseMs === undefined ? {} : { leaseMs });
  opened.push(archive);
  return archive;
}

const { monotonic } = systemClock;

async function sql(text: string, values: readonly unknown[]): Promise<readonly Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: store.url });
  await client.connect();
  try {
    return (await client.query(text, [...values])).rows;
  } finally {
    await client.end();
  }
}

async function refusalsOf(key: string): Promise<unknown> {
  const [row] = await sql('SELECT refusals FROM pace_slots WHERE key = $1', [key]);
  return row?.['refusals'];
}

let keys = 0;
function rule(minIntervalMs: number, quota: PaceRule['quota'] = null): PaceRule {
  keys += 1;
  return { key: `pace ${keys}`, minIntervalMs, quota };
}

describe('a provider’s clock that falls back', () => {
  it('dates the read that another process is just committing', async () => {
    const [one, other] = await Promise.all([openProcess(), openProcess()]);
    const interval = { from: 0, to: 2_000 };
    const holder = new pg.Client({ connectionString: store.url });
    await holder.connect();
    try {
      // The last step of a commit takes the archive's clock.
      await holder.query('BEGIN');
      await holder.query('SELECT 1 FROM archive_clock FOR UPDATE');
      const committed = one.commit(read('falls', { interval, readAt: 9_000, providerAt: 5_000 }));
      await expect.poll(async () => (await sql(waiting('%archive_clock%'), [])).length).toBe(1);
      const measures = [{ untilAt: 60_000, leastMs: -7_200, mostMs: -7_000 }];
      const fall = { fellTo: 1_800, providerNow: 1_800, now: 9_000, measures };
      let isReopened = false;
      const reopened = other.reopen('falls', ['BET'], fall).then(() => {
        isReopened = true;
      });
      await expect.poll(async () => (await sql(waiting('%pg_advisory_xact_lock%'), [])).length).toBe(1);
      expect(isReopened).toBe(false);
      await holder.query('COMMIT');
      await Promise.all([committed, reopened]);
    } finally {
      await holder.end();
    }
    const [part] = await other.ledger({ account: 'falls', kind: 'BET' }, interval);
    expect(part?.providerAt).toBe(1_800);
  });
});

/** The statements like this one that wait for a lock. */
const waiting = (like: string) =>
  `SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '${like}' AND datname = current_database()`;

describe('one pace for all processes', () => {
  const slotsOf = (archive: PostgresArchive) => archive.slots({ monotonic, guardOf });

  it.each([100, 300])(
    'keeps every start %i ms from the next, whichever process it is of',
    async (interval) => {
      const shared = rule(interval);
      const starts: { readonly at: number; readonly process: number }[] = [];
      const processes = await Promise.all([openProcess(), openProcess()]);
      const calls = processes.flatMap((archive, process) => {
        const pacer = createPacer({ clock: systemClock, slots: slotsOf(archive) });
        return Array.from({ length: interval === 100 ? 8 : 4 }, async (_, order) => {
          const turn = fixedTurn('background', order);
          const slot = await pacer.slot({ rule: shared, turn, open: async () => {} });
          starts.push({ at: monotonic(), process });
          slot.written();
          slot.done();
        });
      });
      await Promise.all(calls);
      starts.sort((a, b) => a.at - b.at);
      const gaps = starts.slice(1).map((start, index) => start.at - (starts[index]?.at ?? 0));
      expect(Math.min(...gaps)).toBeGreaterThanOrEqual(interval);
      // In turns: nobody has to wait until the other is done.
      const halfway = starts.slice(0, starts.length / 2).map((start) => start.process);
      expect(new Set(halfway).size).toBe(2);
    },
  );

  it('lets whoever waits interactively go before the background of any process', async () => {
    const [one, two] = [slotsOf(await openProcess()), slotsOf(await openProcess())];
    const shared = rule(500);
    const first = await one.reserve(shared, () => 'background');
    await systemClock.until(first.at);
    one.written(shared, monotonic());
    const order: string[] = [];
    const background = one.reserve(shared, () => 'background').then(() => order.push('background'));
    const interactive = two
      .reserve(shared, () => 'interactive')
      .then((slot) => {
        order.push('interactive');
        two.unused(shared, slot);
      });
    await Promise.all([background, interactive]);
    expect(order).toEqual(['interactive', 'background']);
  });

  it('passes an unused slot on at once', async () => {
    const [one, two] = [slotsOf(await openProcess()), slotsOf(await openProcess())];
    const shared = rule(60_000);
    const slot = await one.reserve(shared, () => 'background');
    const waiting = two.reserve(shared, () => 'background');
    one.unused(shared, slot);
    expect((await waiting).at - monotonic()).toBeLessThan(1_000);
  });

  it('puts everybody off when one was refused, also whoever holds a slot already', async () => {
    const [one, two] = [slotsOf(await openProcess()), slotsOf(await openProcess())];
    const shared = rule(10);
    const held = await two.reserve(shared, () => 'background');
    expect(held.good(monotonic())).toBe(true);
    one.slowDown(shared, monotonic() + 5_000);
    await until(() => !held.good(monotonic()));
    two.unused(shared, held);
    const next = await two.reserve(shared, () => 'interactive');
    expect(next.at - monotonic()).toBeGreaterThan(3_000);
  });

  it('widens the guard for everybody, and halves it again with every ten minutes', async () => {
    const [one, two] = [slotsOf(await openProcess()), slotsOf(await openProcess())];
    const shared = rule(100_000);
    /** From one call to the next, in whole seconds. */
    const distance = async () => {
      const slot = await two.reserve(shared, () => 'interactive');
      const at = monotonic();
      two.written(shared, at);
      const next = await two.reserve(shared, () => 'interactive');
      two.unused(shared, next);
      await two.settled();
      await sql("UPDATE pace_slots SET next_at = '-infinity' WHERE key = $1", [shared.key]);
      expect(slot.at).toBeLessThan(at + 1_000);
      return Math.round((next.at - at) / 1_000);
    };
    expect(await distance()).toBe(101);
    for (let refusal = 0; refusal < 9; refusal += 1) {
      one.slowDown(shared, monotonic());
      await until(async () => (await refusalsOf(shared.key)) === Math.min(refusal + 1, 5));
    }
    expect(await distance()).toBe(132);
    const distances: number[] = [];
    for (let times = 0; times < 6; times += 1) {
      const past = "UPDATE pace_slots SET refused_at = refused_at - interval '10 minutes' WHERE key = $1";
      await sql(past, [shared.key]);
      distances.push(await distance());
    }
    expect(distances).toEqual([116, 108, 104, 102, 101, 101]);
  });

  it('counts the calls of a quota over all processes', async () => {
    const shared = rule(0, { calls: 3, perMs: 30_000 });
    const sources = [slotsOf(await openProcess()), slotsOf(await openProcess())];
    for (let call = 0; call < 3; call += 1) {
      const source = sources[call % 2]!;
      const slot = await source.reserve(shared, () => 'interactive');
      expect(slot.at - monotonic()).toBeLessThan(1_000);
      source.written(shared, monotonic());
    }
    const fourth = await sources[1]!.reserve(shared, () => 'interactive');
    expect(fourth.at - monotonic()).toBeGreaterThan(25_000);
  });

  it('passes the slot of a process that hangs on after a grace, as if it had been used at its end', async () => {
    const [hanging, other] = [slotsOf(await openProcess()), slotsOf(await openProcess())];
    const shared = rule(100);
    const lost = await hanging.reserve(shared, () => 'background');
    const next = await other.reserve(shared, () => 'background');
    expect(next.at - lost.at).toBeGreaterThanOrEqual(2_000 + 100);
    expect(lost.good(lost.at + 1_500)).toBe(false);
  });

  it('passes the slot of a process that died on as soon as that is seen, and keeps the distance to its end', async () => {
    const [dying, other] = [await openProcess(), slotsOf(await openProcess())];
    const shared = rule(60_000);
    const slots = slotsOf(dying);
    const first = await slots.reserve(shared, () => 'interactive');
    await systemClock.until(first.at);
    const written = monotonic();
    slots.written(shared, written);
    const lost = await slots.reserve(shared, () => 'interactive');
    const waiting = other.reserve(shared, () => 'interactive');
    await dying.close();
    const dead = monotonic();
    const next = await waiting;
    expect(next.at - dead).toBeGreaterThanOrEqual(60_000);
    // A grace and an interval after the slot that nobody used would be as long again.
    expect(next.at - lost.at).toBeLessThan(30_000);
  });

  it('lets nobody use a slot whose session at the database has ended meanwhile', async () => {
    const slots = slotsOf(await openProcess());
    const shared = rule(100);
    const held = await slots.reserve(shared, () => 'background');
    expect(held.good(held.at)).toBe(true);
    await sql(
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'countroom news' AND datname = current_database()",
      [],
    );
    await until(() => !held.good(held.at));
    slots.unused(shared, held);
    const again = await slots.reserve(shared, () => 'background');
    expect(again.good(again.at)).toBe(true);
  });

  it('stops waiting when it is told to, and leaves nothing behind', async () => {
    const [one, two] = [slotsOf(await openProcess()), slotsOf(await openProcess())];
    const shared = rule(50);
    const held = await one.reserve(shared, () => 'background');
    const stop = new AbortController();
    const waiting = two.reserve(shared, () => 'interactive', stop.signal);
    stop.abort(new Error('enough'));
    await expect(waiting).rejects.toThrow('enough');
    one.unused(shared, held);
    expect((await one.reserve(shared, () => 'background')).at - monotonic()).toBeLessThan(1_000);
  });
});

describe('leases', () => {
  const feed = { account: 'vp', kind: 'BET' } as const;
  const window = { from: 0, to: 3_600_000 };

  it('are held by one process at a time, by window and by feed', async () => {
    const [one, two] = [await openProcess(), await openProcess()];
    const lease = await one.leases.acquire(feed, window);
    expect(lease).not.toBeNull();
    expect(await two.leases.acquire(feed, window)).toBeNull();
    const others = await Promise.all([
      two.leases.acquire(feed, null),
      two.leases.acquire({ ...feed, account: 'other' }, window),
      two.leases.acquire(feed, { from: 3_600_000, to: 7_200_000 }),
    ]);
    expect(others.every((other) => other !== null)).toBe(true);
    const told = new Promise<number | null>((resolve) => two.leases.onReleased((_, from) => resolve(from)));
    expect(await lease?.renew()).toBe(true);
    await lease?.release();
    expect(await told).toBe(0);
    const next = await two.leases.acquire(feed, window);
    expect(next?.fence.token).toBeGreaterThan(lease?.fence.token ?? Number.POSITIVE_INFINITY);
    expect(await lease?.renew()).toBe(false);
    await Promise.all([next, ...others].map((each) => each?.release()));
  });

  it('pass from a dead process to another, and what the dead one read late is not written', async () => {
    const [slow, quick] = [await openProcess(100), await openProcess(100)];
    const interval = { from: 0, to: 1_000 };
    const lost = await slow.leases.acquire(feed, window);
    const taken = await untilSome(() => quick.leases.acquire(feed, window));
    await quick.commit(
      read('vp', { interval, readAt: 10_000, rows: [bet('b', 1, { raw: 'new' })], fence: taken.fence }),
    );
    const late = read('vp', {
      interval,
      readAt: 20_000,
      rows: [bet('b', 1, { raw: 'late' })],
      fence: lost!.fence,
    });
    await expect(slow.commit(late)).rejects.toMatchObject({ code: 'LEASE_LOST' });
    expect((await slow.page(firstPage(all('BET', ['vp'])))).map((row) => row.raw)).toEqual(['new']);
    expect(await slow.ledger(feed, interval)).toMatchObject([{ readAt: 10_000 }]);
    await taken.release();
  });

  it('tell the other processes of what was committed, not oneself', async () => {
    const [one, two] = [await openProcess(), await openProcess()];
    const heard: [string, Interval][] = [];
    const stop = [one, two].map((archive, process) =>
      archive.leases.onCommitted(({ account, kind }, interval) =>
        heard.push([`${process} ${account} ${kind}`, interval]),
      ),
    );
    await Promise.all([one, two].map((archive) => archive.leases.acquire(feed, null)));
    await one.commit(read('heard', { interval: { from: 5, to: 9 } }));
    await until(() => heard.length > 0);
    expect(heard).toEqual([['1 heard BET', { from: 5, to: 9 }]]);
    for (const each of stop) each();
  });
});

describe('the time of archiving', () => {
  it('never lets a reader that goes on after the last one it saw miss a row', async () => {
    const writers = [await openProcess(), await openProcess()];
    const reader = await openProcess();
    const accounts = ['inc-0', 'inc-1', 'inc-2', 'inc-3'];
    const seen = new Set<string>();
    let after = -1;
    const look = async () => {
      const where = { op: 'gt', column: 'archivedAt', value: after } as const;
      const rows = await reader.page(firstPage({ ...all('BET', accounts), where }));
      for (const row of rows) {
        seen.add(`${row.account} ${row.key}`);
        after = Math.max(after, row.archivedAt);
      }
    };
    let writing = true;
    const written = Promise.all(
      accounts.map(async (account, turn) => {
        for (let commit = 0; commit < 12; commit += 1) {
          // Of all sizes, so that what began later often ends sooner.
          const rows = Array.from({ length: (commit * 7 + turn * 3) % 20 }, (_, index) =>
            bet(`${commit}-${index}`, index),
          );
          await writers[turn % 2]!.commit(read(account, { rows, readAt: commit }));
        }
      }),
    ).then(() => {
      writing = false;
    });
    while (writing) await look();
    await written;
    await look();
    expect(seen.size).toBe(await reader.count(all('BET', accounts)));
  });
});

/** Resolves when the condition holds; news take a moment. */
async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await holds())) await systemClock.until(monotonic() + 5);
}

async function untilSome<T>(ask: () => Promise<T | null>): Promise<T> {
  for (let answer = await ask(); ; answer = await ask()) if (answer !== null) return answer;
}
