import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { KeptArchive } from '../../../src/archive/admin.ts';
import type { Commit } from '../../../src/archive/archive.ts';
import { bet, read } from './sample.ts';
import type { Store, Subject } from './store.ts';

const DAY = 86_400_000;
const LAG = 120_000;
const start = 100 * DAY;

export function describeLateness(subject: Subject): void {
  describe(`${subject.name}: how late rows were first listed`, () => {
    let store: Store;
    let archive: KeptArchive;
    beforeAll(async () => {
      store = await subject.createStore();
      archive = await store.open();
    });
    afterAll(async () => {
      await archive.close();
      await store.drop();
    });

    /** A read of the first minute made so many seconds after its start, by the provider's clock. */
    const look = (
      account: string,
      second: number,
      times: readonly number[],
      over: Partial<Commit<'BET'>> = {},
    ) =>
      archive.commit(
        read(account, {
          interval: { from: start, to: start + 60_000 },
          readAt: start + second * 1_000 + 300_000,
          providerAt: start + second * 1_000,
          rows: times.map((at) => bet(`at-${at}`, start + at * 1_000)),
          liveWithin: LAG,
          ...over,
        }),
      );
    const told = async (account: string, since = start) =>
      (await archive.lateness({ account, kind: 'BET' }, since)).map(({ withinMs, rows }) => [
        withinMs / 1_000,
        rows,
      ]);

    it('is counted by the provider’s clock from the time by which the feed is asked', async () => {
      const first = await look('live', 70, [10, 20]);
      expect(first.lateness).toEqual([
        { withinMs: 50_000, rows: 1 },
        { withinMs: 60_000, rows: 1 },
      ]);
      expect(await told('live')).toEqual([
        [50, 1],
        [60, 1],
      ]);
      // Listed before, and new: only the new one is late.
      await look('live', 100, [10, 20, 50]);
      expect(await told('live')).toEqual([
        [50, 2],
        [60, 1],
      ]);
    });

    it('is counted however late, where an earlier read of its time did not list it', async () => {
      await look('revisited', 200, []);
      const late = await look('revisited', 7_230, [30]);
      expect(late).toMatchObject({ late: 1, lateness: [{ withinMs: 7_200_000, rows: 1 }] });
      expect(await told('revisited')).toEqual([[7_200, 1]]);
    });

    it('is not told of a backfill, of what was set aside before, of a detail, nor of replaced rows', async () => {
      expect((await look('backfill', 9_000, [10, 20])).lateness).toBeUndefined();
      await look('aside', 70, [], { quarantined: [{ reason: 'unread', raw: '{}' }] });
      expect((await look('aside', 80, [10])).lateness).toBeUndefined();
      expect((await look('detail', 70, [10], { interval: null })).lateness).toBeUndefined();
      await look('replaced', 70, [10]);
      const again = await look('replaced', 90, [], { rows: [bet('at-10', start + 10_000, { raw: 'v2' })] });
      expect(again).toMatchObject({ changed: 1 });
      expect(again.lateness).toBeUndefined();
      expect(await told('backfill')).toEqual([]);
    });

    it('adds up over the days asked for', async () => {
      await look('days', 70, [10]);
      const next = start + DAY;
      await look('days', 70, [], {
        interval: { from: next, to: next + 60_000 },
        readAt: next + 70_000,
        providerAt: next + 70_000,
        rows: [bet('next', next + 10_000)],
      });
      expect(await told('days')).toEqual([[60, 2]]);
      expect(await told('days', next + 5)).toEqual([[60, 1]]);
      expect(await told('days', next + DAY)).toEqual([]);
    });
  });
}
