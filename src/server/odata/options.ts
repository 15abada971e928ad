import { show } from '../../graph/rows/ids.ts';
import { type Withdrawn, withdrawnChoices } from '../../records/query.ts';
import { readApplied } from './apply.ts';
import { type Expansion, readExpand } from './expand.ts';
import type { Expression } from './expression.ts';
import { type Aliases, type OrderTerm, readFilter, readOrderBy, type Transformation } from './filter.ts';
import type { EntityType, Property } from './model.ts';
import { propertyNames } from './names.ts';
import { ODataError } from './odata-error.ts';
import { propertiesOf } from './operand.ts';
import { readSelect } from './select.ts';

/** The query options of one request for an entity set, checked. */
export interface QueryOptions {
  /** What is made of the entities before all else; null where they stay themselves. */
  readonly apply: readonly Transformation[] | null;
  readonly filter: Expression | null;
  /** The names of what `$filter` looks at. */
  readonly filterNames: ReadonlySet<string>;
  /** In which zone business days lie, and when they start. */
  readonly custom: { readonly timeZone: string | null; readonly dayStartsAt: string | null };
  /** What is given of each entity, in the type's order. */
  readonly select: readonly Property[];
  /** The entities of other sets that are given within each. */
  readonly expand: readonly Expansion[];
  /** Whether `$select` was sent: the context address tells. */
  readonly selects: boolean;
  readonly orderBy: readonly OrderTerm[];
  /** Null where the client wants all. */
  readonly top: number | null;
  readonly skip: number;
  readonly count: boolean;
  /** What is done about withdrawn rows; said of sets of rows alone. */
  readonly withdrawn: Withdrawn;
  /** The cursor that changes are read from; null for the first. Said of `Changes` alone. */
  readonly after: string | null;
  /** Where an earlier page ended; null on the first. */
  readonly skipToken: string | null;
}

/** The options that say which entities and how many, in an address or its next page's. */
export const queryOptions = [
  '$apply',
  '$filter',
  '$select',
  '$expand',
  '$orderby',
  '$top',
  '$skip',
  '$count',
  '$skiptoken',
] as const;
/**
 * Those every address takes: the format, `raw=true` for the providers' records, the zone and start of business days,
 * whether withdrawn rows are among rows, and the cursor that changes are read from.
 */
export const commonOptions = ['$format', 'raw', 'timeZone', 'dayStartsAt', 'withdrawn', 'after'] as const;

const notHere = ['$compute', '$search', '$levels', '$index', '$schemaversion', '$deltatoken'];

/** One request's options by name, each at most once; parameter aliases under their names with `@`. */
export type RawOptions = ReadonlyMap<string, string>;

/**
 * Cuts a query string into options, each at most once. A `+` is a blank, as most clients mean it. OData's own come with
 * `$` or without, in any case of letters, as version 4.01 has them; those of nobody we know are other tools' and ignored,
 * but for names that begin with `$`.
 */
export function readRawOptions(search: string, allowed: readonly string[]): RawOptions {
  const options = new Map<string, string>();
  for (const [sent, value] of new URLSearchParams(search)) {
    const name = nameOf(sent, allowed);
    if (notHere.includes(name)) throw new ODataError(name, 'not supported', { statusCode: 501, allowed });
    if (!allowed.includes(name) && !name.startsWith('@')) {
      if (name.startsWith('$')) throw new ODataError(name, 'no such query option', { allowed });
      continue;
    }
    if (options.has(name)) throw new ODataError(name, 'expected once, came several times');
    options.set(name, value);
  }
  return options;
}

function nameOf(sent: string, allowed: readonly string[]): string {
  if (allowed.includes(sent)) return sent;
  const spelt = `$${sent.replace(/^\$/, '').toLowerCase()}`;
  return allowed.includes(spelt) || notHere.includes(spelt) ? spelt : sent;
}

/** The parameter aliases among the options. */
export function aliasesOf(raw: RawOptions): Aliases {
  return new Map([...raw].filter(([name]) => name.startsWith('@')));
}

/** Reads the options of a request for a set of this type; throws an ODataError naming the one that is wrong. */
export function readOptions(raw: RawOptions, entities: EntityType): QueryOptions {
  const aliases = aliasesOf(raw);
  const applied = readApplied(raw.get('$apply'), entities, aliases);
  const type = applied?.type ?? entities;
  const [filter, orderBy] = [raw.get('$filter'), raw.get('$orderby')];
  const selected = readSelect(raw.get('$select'), type);
  return {
    apply: applied?.steps ?? null,
    filter: filter === undefined ? null : readFilter(filter, type, aliases),
    filterNames: new Set(filter === undefined ? [] : propertyNames(readFilter(filter, type, aliases))),
    custom: { timeZone: raw.get('timeZone') ?? null, dayStartsAt: raw.get('dayStartsAt') ?? null },
    select: selected ?? type.properties,
    expand: readExpand(raw.get('$expand'), type),
    selects: selected !== null || applied?.isGrouped === true,
    orderBy: orderBy === undefined ? [] : readOrderBy(orderBy, type, aliases),
    top: readCount(raw, '$top'),
    skip: readCount(raw, '$skip') ?? 0,
    count: readFlag(raw, '$count'),
    withdrawn: readWithdrawn(raw),
    after: raw.get('after') ?? null,
    skipToken: raw.get('$skiptoken') ?? null,
  };
}

/** The names of the entities' properties that a request looks at. */
export function namesOf(options: QueryOptions, entities: EntityType): ReadonlySet<string> {
  const { apply, select, expand, orderBy, filterNames } = options;
  const names = [...filterNames, ...select.map(({ name }) => name), ...expand.flatMap(({ keys }) => keys)];
  for (const { operand } of orderBy) names.push(...propertiesOf(operand).map(({ name }) => name));
  for (const step of apply ?? []) {
    if (step.step === 'filter') names.push(...propertyNames(step.filter));
    else {
      names.push(...step.by.map(({ name }) => name));
      for (const { of } of step.aggregates)
        if (of !== null) names.push(...propertiesOf(of.operand).map(({ name }) => name));
    }
  }
  const known = new Set(entities.properties.map(({ name }) => name));
  return new Set(names.filter((name) => known.has(name)));
}

/** A flag that is `true` or `false`; false where it is absent. */
export function readFlag(raw: RawOptions, name: string): boolean {
  const value = raw.get(name) ?? 'false';
  if (value === 'true' || value === 'false') return value === 'true';
  throw new ODataError(name, `got ${show(value)}`, { allowed: ['true', 'false'] });
}

function readWithdrawn(raw: RawOptions): Withdrawn {
  const value = raw.get('withdrawn') ?? 'exclude';
  const found = withdrawnChoices.find((each) => each === value);
  if (found !== undefined) return found;
  throw new ODataError('withdrawn', `got ${show(value)}`, { allowed: withdrawnChoices });
}

function readCount(raw: RawOptions, name: string): number | null {
  const value = raw.get(name);
  if (value === undefined) return null;
  if (/^\d{1,15}$/.test(value)) return Number(value);
  throw new ODataError(name, `expected a whole number, got ${show(value)}`);
}
