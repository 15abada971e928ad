import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { providers } from '../../src/providers/registry.ts';
import type { FeedUnderTest } from './conformance/feeds.ts';
import { elsewhere, namedTests, renderTable } from './conformance/table.ts';
import { describeFeeds, faultRows } from './conformance.ts';

const root = join(import.meta.dirname, '../..');

/** Providers that only tests know, by their folders: what no registered one does, a body other than JSON and cursors. */
const testOnly = ['csv-cursor'];

/** What each provider's own test folder says of its feeds. */
const feedsOf = new Map<string, readonly FeedUnderTest[]>();
for (const name of [...providers.map((each) => each.name), ...testOnly]) {
  const { feeds } = (await import(`./${name}/conformance.ts`)) as { feeds: readonly FeedUnderTest[] };
  feedsOf.set(name, feeds);
}

describe.each([...feedsOf])('%s', (_, feeds) => {
  describeFeeds(feeds);
});

describe('the fault matrix', () => {
  test('has each of its 45 faults once, here or in another test', () => {
    const ids = [...faultRows, ...elsewhere].map(({ id }) => id);
    expect(ids).toEqual(Array.from({ length: 45 }, (_, index) => index + 1));
  });

  test('names tests that are there, by their titles', () => {
    for (const { file, test: title } of namedTests)
      expect(readFileSync(join(root, file), 'utf8'), file).toContain(`'${title}'`);
  });

  test('is held on both archives, each fault that no provider makes', () => {
    for (const { id, held } of elsewhere) {
      const on = held.map((each) => each.on);
      const missing = (['DuckDB', 'PostgreSQL'] as const).filter(
        (each) => !on.includes(each) && !on.includes('both'),
      );
      expect(missing, String(id)).toEqual([]);
    }
  });

  test('is what docs/faults.md says', async () => {
    // Written anew by `npm run faults`.
    const table = renderTable(faultRows, [...feedsOf.values()].flat());
    await expect(table).toMatchFileSnapshot(join(root, 'docs/faults.md'));
  });
});
