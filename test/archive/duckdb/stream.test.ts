import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { explainFault } from '../../../src/archive/duckdb/faults.ts';
import { streamRecords } from '../../../src/archive/duckdb/stream.ts';
import { startThread, type Thread } from '../../../src/archive/duckdb/thread.ts';
import { all, bet, read } from '../conformance/sample.ts';

describe('streaming out of DuckDB', () => {
  let thread: Thread;
  beforeAll(async () => {
    thread = startThread((fault) => explainFault(':memory:', fault));
    await thread.call('open', { path: ':memory:', memoryMb: 512 });
  });
  afterAll(() => thread.stop());

  it('reads slice after slice, rows of one time together, and shows one state throughout', async () => {
    // Forty rows at each of five times: more than a slice wants.
    const rows = Array.from({ length: 200 }, (_, index) =>
      bet(`k${String(index).padStart(3, '0')}`, index % 5),
    );
    await commit(rows);
    for (const sliceRows of [1, 40, 41, 90, 200, 201]) {
      const seen: string[] = [];
      for await (const batch of streamRecords(thread.call, all('BET', ['a']), sliceRows)) {
        seen.push(...batch.map((row) => `${row.axisAt} ${row.key}`));
        if (sliceRows === 40) await commit([bet(`late${seen.length}`, 0)]);
      }
      const late = sliceRows > 40 ? 5 : 0;
      expect(seen).toHaveLength(200 + late);
      expect(seen).toEqual([...seen].sort((a, b) => Number(b[0]) - Number(a[0]) || (a < b ? -1 : 1)));
    }
  });

  const commit = (rows: ReturnType<typeof bet>[]) =>
    thread.call('commit', { commit: read('a', { rows }), now: 1, names: [] });
});
