import { describe, expect, it } from 'vitest';
import type { AuditRecord } from '../../../src/archive/audit.ts';
import type { Subject } from './store.ts';

const HOUR = 3_600_000;
const START = Date.UTC(2026, 10, 21);

const record = (at: number, parts: Partial<AuditRecord> = {}): AuditRecord => ({
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

export function describeAudit(subject: Subject): void {
  describe(`${subject.name}: audit log`, () => {
    it('gives back what was written, oldest first and half-open', async () => {
      const store = await subject.createStore({ durable: true });
      const first = await store.open();
      const bare = record(START + 1, { accounts: null, operation: null, cost: null, error: 'TIMEOUT' });
      await first.writeAudit([record(START + HOUR), bare], 0);
      await first.writeAudit([record(START)], 0);
      await first.close();
      const archive = await store.open();
      const wanted = [record(START), bare];
      expect(await archive.readAudit({ from: START, to: START + HOUR })).toEqual(wanted);
      expect(await archive.readAudit({ from: START + HOUR, to: START + 2 * HOUR })).toEqual([
        record(START + HOUR),
      ]);
      expect(await archive.readAudit({ from: START - HOUR, to: START })).toEqual([]);
      await archive.close();
      await store.drop();
    });

    it('keeps many records at once, and lets the old ones go', async () => {
      const store = await subject.createStore();
      const archive = await store.open();
      const many = Array.from({ length: 450 }, (_, index) => record(START + index));
      await archive.writeAudit(many, 0);
      expect(await archive.readAudit({ from: START, to: START + HOUR })).toEqual(many);
      await archive.writeAudit([], START + 440);
      expect(await archive.readAudit({ from: START, to: START + HOUR })).toEqual(many.slice(440));
      await archive.close();
      await store.drop();
    });
  });
}
