import { cpSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { outside } from './outside-the-bundle.ts';
import { noticesOf } from './third-party.ts';

const root = fileURLToPath(new URL('../', import.meta.url));
const dist = `${root}dist`;

/**
 * `npm run build`: bundles the command line and DuckDB's worker into `dist/`, each command in chunks that are read when
 * it runs. Finding and opening 1,400 files took half of a start.
 */
rmSync(dist, { recursive: true, force: true });
const { metafile } = await build({
  absWorkingDir: root,
  entryPoints: { cli: 'src/cli.ts', 'chunks/worker': 'src/archive/duckdb/worker.ts' },
  outdir: dist,
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
  external: [...outside],
  banner: {
    // CommonJS packages ask for Node's modules by require, which an ES module has not.
    js: "import { createRequire as $requireOf } from 'node:module'; const require = $requireOf(import.meta.url);",
  },
});
cpSync(`${root}src/server/console`, `${dist}/console`, { recursive: true });
// Whoever passes the bundle on passes on others' work with it.
writeFileSync(`${dist}/third-party.txt`, noticesOf(root, Object.keys(metafile.inputs)));
