import { fileURLToPath } from 'node:url';
import { type BuildResult, build } from 'esbuild';
import { outside } from './outside-the-bundle.ts';

export const root = fileURLToPath(new URL('../', import.meta.url));

/** What runs by itself: the command line, and DuckDB's worker, which stands among the chunks as `start-worker.ts` expects. */
export const entryPoints = { cli: 'src/cli.ts', 'chunks/worker': 'src/archive/duckdb/worker.ts' } as const;

/** Bundles entries, paths from the root by their names, with what they share in `chunks/`; some packages stay outside. */
export function bundle(
  outdir: string,
  entries: Readonly<Record<string, string>>,
  alsoOutside: readonly string[] = [],
): Promise<BuildResult<{ metafile: true }>> {
  return build({
    absWorkingDir: root,
    entryPoints: entries,
    outdir,
    chunkNames: 'chunks/[name]-[hash]',
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20.19',
    sourcemap: true,
    sourcesContent: false,
    metafile: true,
    logLevel: 'warning',
    external: [...outside, ...alsoOutside],
    banner: {
      // CommonJS packages ask for Node's modules by require, which an ES module has not.
      js: "import { createRequire as $requireOf } from 'node:module'; const require = $requireOf(import.meta.url);",
    },
  });
}
