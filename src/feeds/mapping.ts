import type { Connection, Provider } from '../providers/provider.ts';
import type { RecordKind } from '../records/record.ts';

/** What an account's rows are read by, beside their own text. */
export interface Mapping {
  /** By the option's name in the configuration; `currency` where rows carry none. */
  readonly options: Readonly<Record<string, unknown>>;
  /** The time by which each feed is asked, where an option chooses it. */
  readonly axes: Readonly<Partial<Record<RecordKind, string>>>;
}

interface Configured {
  readonly currency: string | null;
  readonly options: unknown;
}

export function mappingOf(
  { mappingOptions = [], needsCurrency, feeds }: Pick<Provider, 'mappingOptions' | 'needsCurrency' | 'feeds'>,
  { currency, options }: Configured,
  axisOf: Connection['axisOf'],
): Mapping {
  const given = options as Readonly<Record<string, unknown>>;
  return {
    options: {
      ...Object.fromEntries(mappingOptions.map((name) => [name, given[name] ?? null])),
      ...(needsCurrency && { currency }),
    },
    axes:
      axisOf === undefined ? {} : Object.fromEntries(feeds.map(({ kind }) => [kind, axisOf(kind)] as const)),
  };
}

/** Whether rows of this account are read by anything that can be changed. */
export function isMapped({ options }: Mapping): boolean {
  return Object.keys(options).length > 0;
}

/** As the archive keeps it. */
export function spellMapping({ options, axes }: Mapping): string {
  return JSON.stringify({ options, axes });
}

/** Reads what `spellMapping` wrote. */
export function readMapping(text: string): Mapping {
  return JSON.parse(text) as Mapping;
}

/** The options that differ, in words; one that was not known then was as it is. */
export function differences(then: Mapping, now: Mapping): string[] {
  const shown = (value: unknown) => JSON.stringify(value);
  return Object.entries(now.options).flatMap(([name, value]) => {
    if (!Object.hasOwn(then.options, name) || shown(then.options[name]) === shown(value)) return [];
    return [
      `${name} was ${shown(then.options[name])} when its rows were archived, and is ${shown(value)} now`,
    ];
  });
}
