import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { bundle, entryPoints, root } from '../scripts/bundle.ts';

/** Programs that tests start, bundled: from its sources one takes three times as long to start. */
export interface Built {
  /** The file of a program. */
  file(name: string): string;
  remove(): void;
}

/** The command line as `npm run build` makes it. */
export async function buildCommand(): Promise<Built> {
  const built = await buildPrograms(entryPoints);
  cpSync(`${root}src/server/console`, join(built.file('cli'), '../console'), { recursive: true });
  return built;
}

/** Programs by name, their paths from the root; packages in `outside` are loaded from node_modules. */
export async function buildPrograms(
  programs: Readonly<Record<string, string>>,
  outside: readonly string[] = [],
): Promise<Built> {
  // Below node_modules, where what stays outside a bundle is found.
  const caches = join(root, 'node_modules/.cache');
  mkdirSync(caches, { recursive: true });
  const folder = mkdtempSync(join(caches, 'countroom-test-'));
  cpSync(`${root}package.json`, join(folder, 'package.json'));
  await bundle(join(folder, 'dist'), programs, outside);
  return {
    file: (name) => join(folder, 'dist', `${name}.js`),
    remove: () => rmSync(folder, { recursive: true }),
  };
}
