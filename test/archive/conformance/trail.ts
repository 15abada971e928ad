import { describe, expect, it } from 'vitest';
import type { TrailNote } from '../../../src/archive/trail.ts';
import type { Subject } from './store.ts';

const HOUR = 3_600_000;
const START = Date.UTC(2026, 10, 21);

const note = (at: number, parts: Partial<TrailNote> = {}): TrailNote => ({
  at,
  requestId: `request-${at}`,
  key: 'powerbi',
  role: 'bi',
  accounts: ['vp-main', 'one"main'],
  route: 'export',
  operation: 'bets.csv',
  rows: 5_000_000_000,
  cost: 1_000,
  durationMs: 12,
  error: null,
  ...parts,
});

export function describeTrail(subject: Subject): void {
  describe(`${subject.name}: trail`, () => {
    it('gives back what was noted, oldest first and half-open', async () => {
      const store = await subject.createStore({ durable: true });
      const first = await store.open();
      const bare = note(START + 1, { accounts: null, operation: null, cost: null, error: 'TIMEOUT' });
      await first.noteTrail([note(START + HOUR), bare], 0);
      await first.noteTrail([note(START)], 0);
      await first.close();
      const archive = await store.open();
      const wanted = [note(START), bare];
      expect(await archive.trail({ from: START, to: START + HOUR })).toEqual(wanted);
      expect(await archive.trail({ from: START + HOUR, to: START + 2 * HOUR })).toEqual([note(START + HOUR)]);
      expect(await archive.trail({ from: START - HOUR, to: START })).toEqual([]);
      await archive.close();
      await store.drop();
    });

    it('keeps many notes at once, and lets the old ones go', async () => {
      const store = await subject.createStore();
      const archive = await store.open();
      const many = Array.from({ length: 450 }, (_, index) => note(START + index));
      await archive.noteTrail(many, 0);
      expect(await archive.trail({ from: START, to: START + HOUR })).toEqual(many);
      await archive.noteTrail([], START + 440);
      expect(await archive.trail({ from: START, to: START + HOUR })).toEqual(many.slice(440));
      await archive.close();
      await store.drop();
    });
  });
}
