import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { z } from 'zod';
import type { Accepted } from './schema-diff.ts';

/** Where each release's schema is kept. */
export const releasesFolder = fileURLToPath(new URL('../docs/releases/', import.meta.url));
export const acceptedFile = `${releasesFolder}accepted-changes.yaml`;

/** The last release whose schema is kept, and that schema. Throws where there is none. */
export function lastRelease(): { readonly version: string; readonly sdl: string } {
  const version = newest(
    readdirSync(releasesFolder).flatMap((name) => /^(.+)\.graphql$/.exec(name)?.[1] ?? []),
  );
  if (version === undefined) throw new Error(`${releasesFolder}: expected the schema of a release, got none`);
  return { version, sdl: readFileSync(`${releasesFolder}${version}.graphql`, 'utf8') };
}

/** The highest of some versions, number by number. */
export function newest(versions: readonly string[]): string | undefined {
  const byNumbers = (a: string, b: string) => a.localeCompare(b, 'en', { numeric: true });
  return [...versions].sort(byNumbers).at(-1);
}

const acceptedEntry = z.strictObject({
  change: z.string().min(1),
  path: z.string(),
  reason: z.string().min(10),
});

/** The breaking changes that were decided on since then. Throws where an entry lacks its reason. */
export function acceptedChanges(): readonly Accepted[] {
  return z.array(acceptedEntry).parse(parse(readFileSync(acceptedFile, 'utf8')));
}
