import { describe, expect, it } from 'vitest';
import type { Subject } from './store.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const START = Date.UTC(2026, 10, 21);

const measure = (untilAt: number, leastMs: number, mostMs: number) => ({ untilAt, leastMs, mostMs });

export function describeClock(subject: Subject): void {
  describe(`${subject.name}: providers’ clocks`, () => {
    it('keeps what was measured of one by the minute, whoever measured it', async () => {
      const store = await subject.createStore({ durable: true });
      const first = await store.open();
      const minute = START + MINUTE;
      await first.writeClock('a', [measure(minute, -500, 1_000), measure(minute + MINUTE, 0, 1_000)]);
      await first.writeClock('a', [measure(minute, -250, 2_000)]);
      await first.writeClock('b', [measure(minute, -900_000, -899_000)]);
      await first.close();
      const archive = await store.open();
      expect(await archive.clock('a', 0)).toEqual([
        measure(minute, -500, 2_000),
        measure(minute + MINUTE, 0, 1_000),
      ]);
      expect(await archive.clock('a', minute)).toEqual([measure(minute + MINUTE, 0, 1_000)]);
      expect(await archive.clock('b', minute - 1)).toEqual([measure(minute, -900_000, -899_000)]);
      expect(await archive.clock('c', 0)).toEqual([]);
      await archive.close();
      await store.drop();
    });

    it('keeps it by the hour once it is older than a day, and loses nothing of what it was', async () => {
      const store = await subject.createStore();
      const archive = await store.open();
      const old = [START + MINUTE, START + HOUR, START + HOUR + MINUTE, START + HOUR + 2 * MINUTE];
      await archive.writeClock(
        'a',
        old.map((untilAt, index) => measure(untilAt, -index, index)),
      );
      for (const untilAt of [START + DAY + 2 * HOUR, START + DAY + 2 * HOUR + MINUTE]) {
        await archive.writeClock('a', [measure(untilAt, 0, 0)]);
        expect(await archive.clock('a', 0)).toEqual([
          measure(START + HOUR, -1, 1),
          measure(START + 2 * HOUR, -3, 3),
          ...[START + DAY + 2 * HOUR, START + DAY + 2 * HOUR + MINUTE]
            .filter((each) => each <= untilAt)
            .map((each) => measure(each, 0, 0)),
        ]);
      }
      await archive.close();
      await store.drop();
    });
  });
}
