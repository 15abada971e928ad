import { show } from '../../graph/rows/ids.ts';
import type { Expression } from './expression.ts';
import { readFilter } from './filter.ts';
import { type EntityType, findProperty, type Property } from './model.ts';
import { noSuchProperty, ODataError } from './odata-error.ts';

export interface OrderTerm {
  readonly property: Property;
  readonly descending: boolean;
}

/** The query options of one request for an entity set, checked. */
export interface QueryOptions {
  readonly filter: Expression | null;
  /** What is given of each entity, in the type's order. */
  readonly select: readonly Property[];
  /** Whether `$select` was sent: the context address tells. */
  readonly selects: boolean;
  readonly orderBy: readonly OrderTerm[];
  /** Null where the client wants all. */
  readonly top: number | null;
  readonly skip: number;
  readonly count: boolean;
  /** Where an earlier page ended; null on the first. */
  readonly skipToken: string | null;
}

/** The options that say which entities and how many, in an address or its next page's. */
export const queryOptions = [
  '$filter',
  '$select',
  '$orderby',
  '$top',
  '$skip',
  '$count',
  '$skiptoken',
] as const;
/** Those every address takes: the format, and `raw=true` for the providers' records. */
export const commonOptions = ['$format', 'raw'] as const;

const notHere = [
  '$apply',
  '$compute',
  '$expand',
  '$search',
  '$levels',
  '$index',
  '$schemaversion',
  '$deltatoken',
];

/** One request's options by name, each at most once. */
export type RawOptions = ReadonlyMap<string, string>;

/**
 * Cuts a query string into options: each at most once, none but those allowed. A `+` is a blank, as most clients
 * mean it.
 */
export function readRawOptions(search: string, allowed: readonly string[]): RawOptions {
  const options = new Map<string, string>();
  for (const [name, value] of new URLSearchParams(search)) {
    if (notHere.includes(name)) throw new ODataError(name, 'not supported', { statusCode: 501, allowed });
    if (!allowed.includes(name)) throw new ODataError(name, 'no such query option', { allowed });
    if (options.has(name)) throw new ODataError(name, 'expected once, came several times');
    options.set(name, value);
  }
  return options;
}

/** Reads the options of a request for a set of this type; throws an ODataError naming the one that is wrong. */
export function readOptions(raw: RawOptions, type: EntityType): QueryOptions {
  const filter = raw.get('$filter');
  const selected = readSelect(raw.get('$select'), type);
  return {
    filter: filter === undefined ? null : readFilter(filter, type),
    select: selected ?? type.properties,
    selects: selected !== null,
    orderBy: readOrderBy(raw.get('$orderby'), type),
    top: readCount(raw, '$top'),
    skip: readCount(raw, '$skip') ?? 0,
    count: readFlag(raw, '$count'),
    skipToken: raw.get('$skiptoken') ?? null,
  };
}

/** A flag that is `true` or `false`; false where it is absent. */
export function readFlag(raw: RawOptions, name: string): boolean {
  const value = raw.get(name) ?? 'false';
  if (value === 'true' || value === 'false') return value === 'true';
  throw new ODataError(name, `got ${show(value)}`, { allowed: ['true', 'false'] });
}

function readCount(raw: RawOptions, name: string): number | null {
  const value = raw.get(name);
  if (value === undefined) return null;
  if (/^\d{1,15}$/.test(value)) return Number(value);
  throw new ODataError(name, `expected a whole number, got ${show(value)}`);
}

function readSelect(text: string | undefined, type: EntityType): readonly Property[] | null {
  if (text === undefined || text.trim() === '*') return null;
  const names = text.split(',').map((name) => name.trim());
  for (const name of names) propertyOf(type, '$select', name);
  return type.properties.filter(({ name }) => names.includes(name));
}

function readOrderBy(text: string | undefined, type: EntityType): readonly OrderTerm[] {
  if (text === undefined) return [];
  return text.split(',').map((term) => {
    const [name = '', direction = 'asc', ...rest] = term.trim().split(/\s+/);
    if (!['asc', 'desc'].includes(direction) || rest.length > 0)
      throw new ODataError('$orderby', `expected asc or desc after ${show(name)}, got ${show(term.trim())}`);
    return { property: propertyOf(type, '$orderby', name), descending: direction === 'desc' };
  });
}

function propertyOf(type: EntityType, option: string, name: string): Property {
  const found = findProperty(type, name);
  if (found !== undefined) return found;
  throw noSuchProperty(
    option,
    name,
    type.properties.map((property) => property.name),
  );
}
