import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const root = new URL('..', import.meta.url).pathname;
const security = readFileSync(join(root, 'SECURITY.md'), 'utf8');
const promises = security.slice(
  security.indexOf('## What is promised'),
  security.indexOf('What is not promised'),
);

/** The tests named in a text: a file and its tests' titles, as `- \`test/x.test.ts\`: “title”; “title”`. */
function testsNamed(text: string) {
  return [...text.matchAll(/^- `(test\/[^`]+)`: (“.*”)$/gm)].flatMap(([, path = '', titles = '']) =>
    [...titles.matchAll(/“([^”]+)”/g)].map(([, title = '']) => ({ path, title })),
  );
}

test('every promise of SECURITY.md is followed by tests that are there', () => {
  const held = promises.split(/^Held by$/m);
  const unheld = held.slice(1).filter((part) => testsNamed(part).length === 0);
  expect([held.length > 10, unheld]).toEqual([true, []]);
  const gone = testsNamed(promises).filter(({ path, title }) => {
    const source = readFileSync(join(root, path), 'utf8');
    return ![`'${title}'`, `"${title}"`, `\`${title}\``].some((text) => source.includes(text));
  });
  expect(gone).toEqual([]);
});
