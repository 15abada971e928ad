import { GraphQLError, GraphQLScalarType, Kind, print, type ValueNode } from 'graphql';

const ISO =
  /^(\d{4})-(\d{2})-(\d{2})(?:[Tt](\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?(?:[Zz]|([+-])(\d{2}):(\d{2})))?$/;
const DURATION = /^(\d{1,12})(ms|s|m|h|d)$/;

const durationUnits = { d: 86_400_000, h: 3_600_000, m: 60_000, s: 1_000, ms: 1 } as const;
type DurationUnit = keyof typeof durationUnits;

/** A date with a time and a zone, or a date alone (00:00Z), as milliseconds; null where it is neither. */
export function parseInstant(text: string): number | null {
  const match = ISO.exec(text);
  if (match === null) return null;
  const part = (index: number) => Number(match[index] ?? 0);
  const [year, month, day, hour, minute, second] = [1, 2, 3, 4, 5, 6].map(part) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  if (hour > 23 || minute > 59 || second > 59 || part(9) > 23 || part(10) > 59) return null;
  const local = new Date(0);
  local.setUTCFullYear(year, month - 1, day);
  // A day the month does not have rolls over into the next.
  if (local.getUTCMonth() !== month - 1 || local.getUTCDate() !== day) return null;
  const millisecond = Number((match[7] ?? '').slice(0, 3).padEnd(3, '0'));
  const offset = (part(9) * 60 + part(10)) * 60_000 * (match[8] === '-' ? -1 : 1);
  return local.getTime() + ((hour * 60 + minute) * 60 + second) * 1_000 + millisecond - offset;
}

/** `2s`, `500ms`, `10m`, `24h`, `40d` as milliseconds; null where it is none of them. */
export function parseDuration(text: string): number | null {
  const match = DURATION.exec(text);
  if (match === null) return null;
  const ms = Number(match[1]) * durationUnits[match[2] as DurationUnit];
  return Number.isSafeInteger(ms) ? ms : null;
}

/** Milliseconds in the largest unit that divides them. */
export function formatDuration(ms: number): string {
  if (ms === 0) return '0s';
  const units = Object.entries(durationUnits);
  const [unit, size] = units.find(([, each]) => ms % each === 0) ?? ['ms', 1];
  return `${ms / size}${unit}`;
}

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
