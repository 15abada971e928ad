import type { RequestContext } from '../../graph/context.ts';
import type { FlatValue } from '../export/flat-row.ts';
import { createCalendar, readAccounts, readGames, readPlayers } from './dimensions.ts';
import type { EntityPage } from './entities.ts';
import type { NamedRow } from './evaluate.ts';
import type { Expansion } from './expand.ts';
import { type DimensionName, dimensions, type EntityType, type Property } from './model.ts';
import type { QueryOptions } from './options.ts';

const DAY_MS = 86_400_000;

type Custom = QueryOptions['custom'];
type Key = readonly FlatValue[];

/** What is asked of a set besides the properties wanted: those by which the entities within are found, at the end. */
export function withKeys(options: QueryOptions, { properties }: EntityType): QueryOptions {
  const { select, expand } = options;
  const missing = new Set(expand.flatMap(({ keys }) => keys).filter((name) => !isAmong(select, name)));
  if (missing.size === 0) return options;
  return { ...options, select: [...select, ...properties.filter(({ name }) => missing.has(name))] };
}

/** The entities within each row of a page that was read `withKeys`; each set is read once for all of its rows. */
export async function readWithin(
  context: RequestContext,
  { select, expand, custom }: QueryOptions,
  rows: EntityPage['rows'],
): Promise<NonNullable<EntityPage['within']>> {
  const found = await Promise.all(
    expand.map(async (expansion): Promise<readonly (readonly FlatValue[] | null)[]> => {
      const { to, by } = expansion.navigation;
      const places = Object.values(by).map((name) => select.findIndex((each) => each.name === name));
      const keys = rows.map((row): Key => places.map((at) => row[at] ?? null));
      const keyed = to === 'Calendar' ? daysOf(keys, select[places[0]!]!, custom) : keys;
      const entities = byKey(to, await readers[to](context, keyed, custom));
      return keyed.map((key) => valuesOf(expansion, entities.get(JSON.stringify(key))));
    }),
  );
  return rows.map((_, at) => found.map((column) => column[at] ?? null));
}

function isAmong(properties: readonly Property[], name: string): boolean {
  return properties.some((each) => each.name === name);
}

function valuesOf({ select }: Expansion, row: NamedRow | undefined): readonly FlatValue[] | null {
  return row === undefined ? null : select.map(({ name }) => row[name] ?? null);
}

function byKey(to: DimensionName, rows: readonly NamedRow[]): ReadonlyMap<string, NamedRow> {
  const { key } = dimensions[to].type;
  return new Map(rows.map((row) => [JSON.stringify(key.map((name) => row[name] ?? null)), row]));
}

type Reader = (context: RequestContext, keys: readonly Key[], custom: Custom) => Promise<readonly NamedRow[]>;

/** Reads the entities of these keys, and perhaps others. */
const readers: Readonly<Record<DimensionName, Reader>> = {
  Players: (context, keys) => readPlayers(context, textsOf(keys, 0)),
  Games: (context, keys) => readGames(context, textsOf(keys, 1)),
  Accounts: (context) => readAccounts(context),
  async Calendar(_context, keys, custom) {
    const dates = textsOf(keys, 0).toSorted();
    const [first, last] = [dates[0], dates.at(-1)];
    if (first === undefined || last === undefined) return [];
    // Wherever on Earth, and whenever it starts, a day begins and ends within two of its date in UTC.
    const about = { from: Date.parse(first) - 2 * DAY_MS, to: Date.parse(last) + 3 * DAY_MS };
    return createCalendar(custom, about).rows(about);
  },
};

/** The distinct texts at one place of the keys. */
function textsOf(keys: readonly Key[], at: number): readonly string[] {
  return [...new Set(keys.map((key) => key[at] ?? null).filter((each) => each !== null))].map(String);
}

/** Times as the business days they lie in; days are days already. */
function daysOf(keys: readonly Key[], { type }: Property, custom: Custom): readonly Key[] {
  if (type !== 'time') return keys;
  const times = keys.map(([time]) => time ?? null).filter((time) => time !== null);
  if (times.length === 0) return keys;
  const [from, to] = times
    .map(Number)
    .reduce<[number, number]>(
      ([least, most], time) => [Math.min(least, time), Math.max(most, time)],
      [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY],
    );
  const { dateOf } = createCalendar(custom, { from, to: to + 1 });
  return keys.map(([time = null]) => [time === null ? null : dateOf(Number(time))]);
}
