import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { TrailNote } from '../../../src/archive/trail.ts';
import { localViewer } from '../../../src/graph/viewer.ts';
import type { TrailEntry } from '../../../src/server/audit/audit-log.ts';
import { createTrailBook } from '../../../src/server/audit/audit-writer.ts';
import { deferred } from '../harness.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const entry = (requestId: string, parts: Partial<TrailEntry> = {}): TrailEntry => ({
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

/** A book over a table that can be made to fail. */
function open(noteTrail: (notes: readonly TrailNote[]) => Promise<void>, mostWaiting?: number) {
  const failures: number[] = [];
  const keptFrom: number[] = [];
  const archive = {
    noteTrail(notes: readonly TrailNote[], keepFrom: number) {
      keptFrom.push(keepFrom);
      return noteTrail(notes);
    },
  };
  const onFailure = (_error: unknown, lost: number) => void failures.push(lost);
  const book = createTrailBook({
    archive,
    keepMs: 90,
    clock: () => 1_000,
    onFailure,
    everyMs: 10,
    mostWaiting,
  });
  return { book, failures, keptFrom };
}

const ids = (notes: readonly TrailNote[]) => notes.map(({ requestId }) => requestId);

describe('trail book', () => {
  test('writes many requests at once, and says from when notes are kept', async () => {
    const written: (readonly TrailNote[])[] = [];
    const { book, keptFrom } = open(async (notes) => void written.push(notes));
    book.note(entry('a'));
    book.note(entry('b', { viewer: localViewer }));
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
    const written: TrailNote[] = [];
    const { book } = open(async (notes) => void written.push(...notes));
    book.note(entry('a', { operation: `\0\ud800${'x'.repeat(1_000)}` }));
    await book.close();
    expect(written[0]?.operation).toBe('x'.repeat(198));
  });

  test('tries again what could not be written, and loses the oldest beyond its room', async () => {
    const written: (readonly TrailNote[])[] = [];
    let isAway = true;
    const { book, failures } = open(async (notes) => {
      if (isAway) throw new Error('away');
      written.push(notes);
    }, 3);
    for (const id of ['a', 'b', 'c']) book.note(entry(id));
    await vi.advanceTimersByTimeAsync(10);
    expect(failures).toEqual([0]);
    book.note(entry('d'));
    isAway = false;
    await vi.advanceTimersByTimeAsync(10);
    expect(written.map(ids)).toEqual([['b', 'c', 'd']]);
  });

  test('writes one batch at a time, and all that waits when it is closed', async () => {
    const turns = [deferred<void>(), deferred<void>()];
    const begun: (readonly string[])[] = [];
    const { book } = open(async (notes) => {
      begun.push(ids(notes));
      await turns[begun.length - 1]?.promise;
    });
    book.note(entry('a'));
    await vi.advanceTimersByTimeAsync(10);
    book.note(entry('b'));
    const closed = book.close();
    await vi.advanceTimersByTimeAsync(50);
    expect(begun).toEqual([['a']]);
    for (const turn of turns) turn.resolve();
    await closed;
    expect(begun).toEqual([['a'], ['b']]);
  });
});
