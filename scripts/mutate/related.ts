import { readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';

const IMPORT = /(?:\bfrom\s+|\bimport\s*\(?\s*|\bnew URL\()'(\.[^']+\.m?ts)'/g;

/** Which tests import a file, the nearest first: its own test, then those that reach it by the fewest steps. */
export function createRelated(root: string): (file: string) => readonly string[] {
  const files = ['src', 'test'].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter((path) => path.endsWith('.ts'))
      .map((path) => join(folder, path)),
  );
  const importers = new Map<string, string[]>();
  for (const file of files) {
    for (const [, target = ''] of readFileSync(join(root, file), 'utf8').matchAll(IMPORT)) {
      const path = relative(root, join(root, dirname(file), target));
      importers.set(path, [...(importers.get(path) ?? []), file]);
    }
  }
  return (file) => {
    const steps = new Map([[file, 0]]);
    for (const [path, far] of steps)
      for (const importer of importers.get(path) ?? [])
        if (!steps.has(importer)) steps.set(importer, far + 1);
    const isOwn = (path: string) => basename(path, '.test.ts') === basename(file, '.ts');
    const far = (path: string) => (isOwn(path) ? 0 : (steps.get(path) ?? 0));
    const tests = [...steps.keys()].filter((path) => path.endsWith('.test.ts'));
    return tests.sort((a, b) => far(a) - far(b) || (a < b ? -1 : 1));
  };
}
