import { GraphQLError, GraphQLScalarType, Kind, print, type ValueNode } from 'graphql';
import { formatDuration, parseDuration } from '../../records/duration.ts';
import { parseInstant } from '../../records/instant.ts';

interface TextScalar<T> {
  readonly name: string;
  readonly description: string;
  readonly expected: string;
  readonly parse: (text: string) => T | null;
  readonly serialize: (value: unknown) => string;
}

function createTextScalar<T>(scalar: TextScalar<T>): GraphQLScalarType<T, string> {
  const read = (text: unknown, shown: string, nodes?: ValueNode): T => {
    const parsed = typeof text === 'string' ? scalar.parse(text) : null;
    if (parsed !== null) return parsed;
    // `scalar` tells the error's formatter that the input is at fault where only validation speaks of it.
    throw new GraphQLError(`${scalar.name}: expected ${scalar.expected}, got ${shown.slice(0, 60)}`, {
      nodes,
      extensions: { code: 'BAD_USER_INPUT', scalar: scalar.name },
    });
  };
  return new GraphQLScalarType<T, string>({
    name: scalar.name,
    description: scalar.description,
    serialize: scalar.serialize,
    parseValue: (value) => read(value, JSON.stringify(value) ?? 'nothing'),
    parseLiteral: (node) => read(node.kind === Kind.STRING ? node.value : null, print(node), node),
  });
}

/** An instant; milliseconds since the epoch inside. */
export const DateTime = createTextScalar<number>({
  name: 'DateTime',
  description:
    'An instant as ISO 8601 text. Answers are always UTC with milliseconds: `2026-11-01T00:00:00.000Z`. ' +
    'As input a date and time needs its zone (`Z` or `+07:00`); a date alone means 00:00 UTC of that day.',
  expected: 'an ISO 8601 time with its zone such as "2026-11-01T00:00:00Z", or a date',
  parse: parseInstant,
  serialize: (value) => new Date(value as number).toISOString(),
});

/** An exact amount; a plain string inside too. */
export const Decimal = createTextScalar<string>({
  name: 'Decimal',
  description:
    'An exact decimal number as plain text, such as `"0.360000"`. It never passed through floating point, and the ' +
    "number of decimals is the provider's own (of sums: the largest summed). Convert it to your tool's decimal " +
    'type, not to a float, to keep totals exact.',
  expected: 'a plain decimal number in quotes such as "12.50"',
  parse: (text) => (/^-?\d{1,20}(\.\d{1,18})?$/.test(text) ? text : null),
  serialize: (value) => value as string,
});

/** A length of time; milliseconds inside. */
export const Duration = createTextScalar<number>({
  name: 'Duration',
  description:
    'A length of time as a whole number and a unit: `"500ms"`, `"2s"`, `"10m"`, `"24h"` or `"40d"`.',
  expected: 'a length of time such as "2s" or "500ms"',
  parse: parseDuration,
  serialize: (value) => formatDuration(value as number),
});
