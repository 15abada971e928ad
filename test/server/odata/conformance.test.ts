import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const page = readFileSync(new URL('../../../docs/bi/odata-conformance.md', import.meta.url), 'utf8');
const lines = page
  .split('\n')
  .filter((line) => line.startsWith('| ') && !line.startsWith('| ---') && !line.endsWith(' held by |'))
  .map((line) => line.slice(2, -2).split(' | '));

/** Every test of `held by`, as file and title: `file`: title; title, `file`: title. */
function testsOf(heldBy: string): readonly (readonly [file: string, title: string])[] {
  return [
    ...heldBy.matchAll(/`([\w/.-]+\.ts)`: (.+?)(?=, (?:and on both archives )?`[\w/.-]+\.ts`: |$)/g),
  ].flatMap(([, file, titles]) => titles!.split('; ').map((title) => [file!, title] as const));
}

describe('the table of what holds', () => {
  it('has lines', () => {
    expect(lines.length).toBeGreaterThan(20);
  });

  it.each(lines.map((line) => [line[0]!, line.at(-1)!]))('names tests that are there: %s', (_, heldBy) => {
    const tests = testsOf(heldBy);
    expect(tests).not.toEqual([]);
    const named = heldBy.match(/`[\w/.-]+\.ts`/g) ?? [];
    expect(new Set(tests.map(([file]) => `\`${file}\``))).toEqual(new Set(named));
    for (const [file, title] of tests) {
      const path = file.includes('/') ? `../../../${file}` : `./${file}`;
      const source = readFileSync(new URL(path, import.meta.url), 'utf8');
      expect([title, source.includes(`('${title}'`)]).toEqual([title, true]);
    }
  });
});
