import { resolve } from 'node:path';
import type { Copying } from '../archive/copy.ts';
import { UsageError } from '../errors.ts';

/** An archive's address as `archive.url` has it, a relative file from `cwd`; throws a UsageError that names the argument. */
export function placeOf(name: string, url: string, cwd: string): string {
  const file = /^duckdb:(.+)$/.exec(url)?.[1];
  if (file === ':memory:') throw new UsageError(`${name}: expected an archive that lasts, got ${url}`);
  if (file !== undefined) return `duckdb:${resolve(cwd, file)}`;
  if (/^postgres(ql)?:\/\//.test(url) && URL.canParse(url)) return url;
  // What is no address may still hold a password.
  throw new UsageError(`${name}: expected duckdb:FILE or postgres://user:password@host:5432/database`);
}

/** What reads and fills the whole of the archive at a place. */
export async function copyingOf(place: string): Promise<Copying> {
  if (place.startsWith('duckdb:')) {
    const { copyingDuckDb } = await import('../archive/duckdb/copy.ts');
    return copyingDuckDb(place.slice('duckdb:'.length));
  }
  const { copyingPostgres } = await import('../archive/postgres/copy.ts');
  return copyingPostgres(place);
}
