import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Archive, StoredRecord } from '../../../src/archive/archive.ts';
import { createDuckDbArchive } from '../../../src/archive/duckdb/index.ts';
import type { Position } from '../../../src/records/query.ts';
import { all, bet, read } from '../conformance/sample.ts';

describe('a long page out of DuckDB', () => {
  let archive: Archive;
  beforeAll(async () => {
    archive = await createDuckDbArchive({ path: ':memory:', playerOf: (_, username) => username });
    // Twelve hundred rows at each of three times, so that a page ends among rows of one time.
    const rows = Array.from({ length: 3_600 }, (_, at) => bet(`k${String(at).padStart(4, '0')}`, at % 3));
    await archive.commit(read('a', { rows }));
  });
  afterAll(() => archive.close());

  it.each(['first', 'last'] as const)(
    'has the rows that short ones have, walked from the %s',
    async (end) => {
      const walk = async (limit: number): Promise<readonly string[]> => {
        const keys: string[] = [];
        let position: Position | null = null;
        for (;;) {
          const edge =
            end === 'first' ? { after: position, before: null } : { after: null, before: position };
          const page: readonly StoredRecord[] = await archive.page({
            ...all('BET', ['a']),
            limit,
            end,
            ...edge,
          });
          const walked = end === 'first' ? page : page.toReversed();
          keys.push(...walked.map((row) => row.key));
          const last = walked.at(-1);
          if (last === undefined) return keys;
          position = { at: last.axisAt, account: last.account, key: last.key };
        }
      };
      const long = await walk(1_500);
      expect(long).toHaveLength(3_600);
      expect(long).toEqual(await walk(900));
    },
  );
});
