import { describe, expect, it } from 'vitest';
import { mutantsOf, mutated } from '../../scripts/mutate/mutants.ts';

/** What a source becomes by each of its mutants. */
const made = (text: string) => mutantsOf('a.ts', text).map((mutant) => mutated(text, mutant));

describe('the mutants of a source', () => {
  it.each([
    ['if (a < 1) b();', ['if (!(a < 1)) b();', 'if (a <= 1) b();', 'if (a < (1 + 1)) b();', 'if (a < 1) ;']],
    ['const a = b && !c;', ['const a = b || !c;', 'const a = b && c;']],
    ['await a(b);', [';', 'void Promise.resolve(a(b)).catch(() => {});']],
    ['const a = Math.min(b, c) ?? 1;', ['const a = 1;', 'const a = Math.max(b, c) ?? 1;']],
    ['const a = b + 1;', ['const a = b - 1;', 'const a = b + (1 + 1);']],
  ])('%s', (text, expected) => {
    expect(made(text)).toEqual(expected);
  });

  it('are none of types, imports, texts that are put together, and what is thrown', () => {
    const sources = [
      "import { a } from 'b';",
      'type A = B | true;',
      "throw new Error(a ? 'b' : 'c');",
      "const a = 'b' + c;",
    ];
    expect(sources.flatMap(made)).toEqual([]);
  });
});
