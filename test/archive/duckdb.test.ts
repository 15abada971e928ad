import { describe, expect, it } from 'vitest';
import { createDuckDbArchive } from '../../src/archive/duckdb/index.ts';

describe('the DuckDB archive', () => {
  it('opens in memory and holds nothing at first', async () => {
    const archive = await createDuckDbArchive({ path: ':memory:', playerOf: (_, username) => username });
    expect(await archive.usernames(null)).toEqual([]);
    await archive.close();
  });
});
