import { cpSync, rmSync, writeFileSync } from 'node:fs';
import { bundle, entryPoints, root } from './bundle.ts';
import { noticesOf } from './third-party.ts';

const dist = `${root}dist`;

/**
 * `npm run build`: bundles the command line and DuckDB's worker into `dist/`, each command in chunks that are read when
 * it runs. Finding and opening 1,400 files took half of a start.
 */
rmSync(dist, { recursive: true, force: true });
const { metafile } = await bundle(dist, entryPoints);
cpSync(`${root}src/server/console`, `${dist}/console`, { recursive: true });
// Whoever passes the bundle on passes on others' work with it.
writeFileSync(`${dist}/third-party.txt`, noticesOf(root, Object.keys(metafile.inputs)));
