import { diff } from '@graphql-inspector/core';
import { buildSchema } from 'graphql';

/** One change that breaks a client's documents, as graphql-inspector names it. */
export interface Breaking {
  /** Such as `FIELD_REMOVED`. */
  readonly change: string;
  /** Where, such as `Bet.stake`. */
  readonly path: string;
  readonly message: string;
}

/** A breaking change that was decided on. */
export interface Accepted {
  readonly change: string;
  readonly path: string;
  readonly reason: string;
}

export interface SchemaVerdict {
  readonly accepted: readonly (Breaking & { readonly reason: string })[];
  readonly refused: readonly Breaking[];
  /** Entries that accept a change which is not there. */
  readonly stale: readonly Accepted[];
}

// A router reads these by their specification, not by how they are printed.
const machinery = /^(@|federation__|link__|_Service\b|_Any\b|_Entity\b|Query\._(entities|service)\b)/;

/** What breaks for clients between two printed schemas; federation's own directives and types do not count. */
export async function breakingChanges(before: string, after: string): Promise<readonly Breaking[]> {
  const changes = await diff(read(before), read(after));
  return changes
    .filter(({ criticality }) => criticality.level === 'BREAKING')
    .map(({ type, path = '', message }) => ({ change: type, path, message }))
    .filter(({ path }) => !machinery.test(path))
    .sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** Divides breaking changes into those that were accepted, with why, and those that were not. */
export function judge(found: readonly Breaking[], accepted: readonly Accepted[]): SchemaVerdict {
  const entryOf = (breaking: Breaking) => accepted.find((entry) => same(entry, breaking));
  return {
    accepted: found.flatMap((breaking) => {
      const entry = entryOf(breaking);
      return entry === undefined ? [] : { ...breaking, reason: entry.reason };
    }),
    refused: found.filter((breaking) => entryOf(breaking) === undefined),
    stale: accepted.filter((entry) => !found.some((breaking) => same(entry, breaking))),
  };
}

function same(entry: Accepted, { change, path }: Breaking): boolean {
  return entry.change === change && entry.path === path;
}

// The specifications' directives and scalars are imported by @link and stand in no schema.
function read(sdl: string) {
  return buildSchema(sdl, { assumeValidSDL: true });
}
