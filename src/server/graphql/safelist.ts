import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { UsageError } from '../../errors.ts';

/** Documents that are known beforehand, by the SHA-256 of their text. */
export type Safelist = ReadonlyMap<string, string>;

const documents = z.union([
  z.strictObject({
    format: z.literal('apollo-persisted-query-manifest'),
    version: z.literal(1),
    operations: z.array(z.object({ body: z.string() })),
  }),
  z.array(z.string()),
  z.record(z.string(), z.string()),
]);

/** Reads persisted documents: a map of id to text, a list of texts, or a manifest of Apollo; throws a UsageError. */
export function readSafelist(file: string): Safelist {
  const parsed = documents.safeParse(readJson(file));
  if (!parsed.success) {
    throw new UsageError(`server.safelist.file: expected persisted documents, got something else in ${file}`);
  }
  const { data } = parsed;
  if (Array.isArray(data)) return toSafelist(data);
  return toSafelist(isManifest(data) ? data.operations.map(({ body }) => body) : Object.values(data));
}

/** As a client names it in `extensions.persistedQuery`. */
export function documentHash(text: string): string {
  return createHash('sha256').update(text, 'utf8').digest('hex');
}

function toSafelist(texts: readonly string[]): Safelist {
  return new Map(texts.map((text) => [documentHash(text), text]));
}

function isManifest(data: object): data is { operations: { body: string }[] } {
  return 'operations' in data && Array.isArray(data.operations);
}

function readJson(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new UsageError(`server.safelist.file: expected a file of JSON, got ${why}`);
  }
}
