import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import type esbuild from 'esbuild';

/** Starts the engine's thread: of what was built, or of the sources where these run. */
export function startWorker(): Worker {
  const { url } = import.meta;
  return url.endsWith('.ts')
    ? new Worker(bundleOfSources(url), { eval: true })
    : new Worker(new URL('./worker.js', url));
}

let bundle: string | null = null;

// To load the sources one by one in each thread takes five times as long as opening the archive in it.
function bundleOfSources(url: string): string {
  const { buildSync } = createRequire(url)('esbuild') as typeof esbuild;
  bundle ??= buildSync({
    entryPoints: [fileURLToPath(new URL('./worker.ts', url))],
    bundle: true,
    write: false,
    format: 'cjs',
    platform: 'node',
    sourcemap: 'inline',
    sourcesContent: false,
    external: ['@duckdb/node-bindings'],
    // Code without a file looks for packages where the process stands, not where the sources lie.
    banner: { js: `require = require('node:module').createRequire(${JSON.stringify(url)});` },
  }).outputFiles[0]!.text;
  return bundle;
}
