import { z } from 'zod';

const date = /^\d{4}-\d{2}-\d{2}$/;
const instantWithZone = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,3})?)?(Z|[+-]\d{2}:\d{2})$/;

export const expectedInstant = 'expected a date or a time with its zone, such as 2026-11-01T00:00:00Z';

/** The milliseconds since the epoch of an ISO 8601 time with its zone, or of a date's 00:00Z; null for other text. */
export function parseInstant(text: string): number | null {
  if (!date.test(text) && !instantWithZone.test(text)) return null;
  const at = Date.parse(text);
  // Date.parse takes 2026-02-30 for the second of March
  const sameDay = new Date(Date.parse(text.slice(0, 10))).getUTCDate() === Number(text.slice(8, 10));
  return Number.isNaN(at) || !sameDay ? null : at;
}

/** A time in the configuration, in milliseconds since the epoch from there on. */
export const instant = z
  .string(expectedInstant)
  .refine((text) => parseInstant(text) !== null, expectedInstant)
  .transform((text) => parseInstant(text) ?? 0);
