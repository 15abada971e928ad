const iso =
  /^(\d{4})-(\d{2})-(\d{2})(?:[Tt](\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?(?:[Zz]|([+-])(\d{2}):(\d{2})))?$/;

// An offset may lead out of the years that four digits can spell: such a time could not be told again.
const FIRST = Date.parse('0000-01-01T00:00:00Z');
const END = Date.parse('9999-12-31T23:59:59.999Z') + 1;

/** An ISO 8601 time with its zone, or a date alone (00:00Z), as milliseconds since the epoch; null for other text. */
export function parseInstant(text: string): number | null {
  const match = iso.exec(text);
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
  const at = local.getTime() + ((hour * 60 + minute) * 60 + second) * 1_000 + millisecond - offset;
  return at >= FIRST && at < END ? at : null;
}
