import { createHash, randomUUID } from 'node:crypto';
import type { RequestContext } from '../../graph/context.ts';
import type { Coverage } from '../../records/coverage.ts';
import type { RowQuery } from '../../records/query.ts';
import type { ExportAsk } from './ask.ts';
import { fileFormats } from './names.ts';

// Players' names are applied at read, from a configuration that may be another after a restart.
const restart = randomUUID();

/**
 * The ETag of an export in one representation (its format and encoding), or null where the range is not final (a file is
 * read in parts, and has one always) or the archive cannot tell whether its rows changed.
 */
export async function etagOf(
  { deps, viewer }: RequestContext,
  ask: ExportAsk,
  { coverage, query }: { readonly coverage: Coverage | null; readonly query: RowQuery },
  representation: string,
): Promise<string | null> {
  const isFile = fileFormats.some((format) => representation.startsWith(format));
  if ((coverage?.final !== true && !isFile) || deps.archive.fingerprint === undefined) return null;
  const rows = await deps.archive.fingerprint(query);
  const { name, readsRaw, readsPlayers } = viewer;
  const seen = [restart, name, readsRaw, readsPlayers, representation];
  const asked = [query, ask.columns.map((column) => column.name), ask.csv];
  return quotedHash([seen, asked, rows]);
}

/** An ETag of what an answer is made of. */
export function quotedHash(content: unknown): string {
  const hash = createHash('sha256').update(JSON.stringify(content));
  return `"${hash.digest('base64url').slice(0, 27)}"`;
}

/** Whether an `If-None-Match` header names this ETag. */
export function matches(header: string | undefined, etag: string): boolean {
  if (header === undefined) return false;
  return header.split(',').some((each) => ['*', etag, `W/${etag}`].includes(each.trim()));
}
