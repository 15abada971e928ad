import { z } from 'zod';
import { parseInstant } from '../records/instant.ts';

const expectedInstant = 'expected a date or a time with its zone, such as 2026-11-01T00:00:00Z';

/** A time in the configuration, in milliseconds since the epoch from there on. */
export const instant = z
  .string(expectedInstant)
  .refine((text) => parseInstant(text) !== null, expectedInstant)
  .transform((text) => parseInstant(text) ?? 0);
