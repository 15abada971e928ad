import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { AuditRecord } from '../../../src/archive/audit.ts';
import { localViewer } from '../../../src/graph/viewer.ts';
import type { AuditEntry } from '../../../src/server/audit/audit-log.ts';
import { createAuditWriter } from '../../../src/server/audit/audit-writer.ts';
import { deferred } from '../harness.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const entry = (requestId: string, parts: Partial<AuditEntry> = {}): AuditEntry => ({
  requestId,
  viewer: { ...localViewer, name: 'powerbi', role: 'bi', accounts: ['vp-main'] },
  route: 'graphql',
  operation: 'Newest',
  rows: 3,
  durationMs: 1.6,
  cost: 20,
  error: null,
  ...parts,
});

/** A writer to a table that can be made to fail. */
function open(writeAudit: (records: readonly AuditRecord[]) => Promise<void>, mostWaiting?: number) {
  const failures: number[] = [];
  const keptFrom: number[] = [];
  const archive = {
    writeAudit(records: readonly AuditRecord[], keepFrom: number) {
      keptFrom.push(keepFrom);
      return writeAudit(records);
    },
  };
  const onFailure = (_error: unknown, lost: number) => void failures.push(lost);
  const writer = createAuditWriter({
    archive,
    keepMs: 90,
    clock: () => 1_000,
    onFailure,
    everyMs: 10,
    mostWaiting,
  });
  return { writer, failures, keptFrom };
}

const ids = (records: readonly AuditRecord[]) => records.map(({ requestId }) => requestId);

describe('the audit writer', () => {
  test('writes many requests at once, and says from when records are kept', async () => {
    const written: (readonly AuditRecord[])[] = [];
    const { writer, keptFrom } = open(async (records) => void written.push(records));
    writer.add(entry('a'));
    writer.add(entry('b', { viewer: localViewer }));
    expect(written).toEqual([]);
    await vi.advanceTimersByTimeAsync(10);
    expect(written.map(ids)).toEqual([['a', 'b']]);
    expect(written[0]?.[0]).toEqual({
      at: 1_000,
      requestId: 'a',
      key: 'powerbi',
      role: 'bi',
      accounts: ['vp-main'],
      route: 'graphql',
      operation: 'Newest',
      rows: 3,
      cost: 20,
      durationMs: 2,
      error: null,
    });
    expect(written[0]?.[1]?.accounts).toBeNull();
    expect(keptFrom).toEqual([910]);
  });

  test('keeps no more of a text than its beginning, and nothing a column cannot hold', async () => {
    const written: AuditRecord[] = [];
    const { writer } = open(async (records) => void written.push(...records));
    writer.add(entry('a', { operation: `\0\ud800${'x'.repeat(1_000)}` }));
    await writer.close();
    expect(written[0]?.operation).toBe('x'.repeat(198));
  });

  test('tries again what could not be written, and loses the oldest beyond its room', async () => {
    const written: (readonly AuditRecord[])[] = [];
    let isAway = true;
    const { writer, failures } = open(async (records) => {
      if (isAway) throw new Error('away');
      written.push(records);
    }, 3);
    for (const id of ['a', 'b', 'c']) writer.add(entry(id));
    await vi.advanceTimersByTimeAsync(10);
    expect(failures).toEqual([0]);
    writer.add(entry('d'));
    isAway = false;
    await vi.advanceTimersByTimeAsync(10);
    expect(written.map(ids)).toEqual([['b', 'c', 'd']]);
  });

  test('writes one batch at a time, and all that waits when it is closed', async () => {
    const turns = [deferred<void>(), deferred<void>()];
    const begun: (readonly string[])[] = [];
    const { writer } = open(async (records) => {
      begun.push(ids(records));
      await turns[begun.length - 1]?.promise;
    });
    writer.add(entry('a'));
    await vi.advanceTimersByTimeAsync(10);
    writer.add(entry('b'));
    const closed = writer.close();
    await vi.advanceTimersByTimeAsync(50);
    expect(begun).toEqual([['a']]);
    for (const turn of turns) turn.resolve();
    await closed;
    expect(begun).toEqual([['a'], ['b']]);
  });
});
