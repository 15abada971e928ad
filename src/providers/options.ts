import { z } from 'zod';

/**
 * A choice among words, in the contract's spelling (`concatBody`) or the documents' (`CONCAT_BODY`); read as the
 * contract's.
 */
export function choice<const T extends string>(...words: readonly [T, ...T[]]): z.ZodType<T> {
  const spellings = new Map<string, T>(words.flatMap((word) => [[constantCase(word), word] as const]));
  for (const word of words) spellings.set(word, word);
  return z
    .enum([...words, ...spellings.keys()], { error: `expected one of ${words.join(', ')}` })
    .transform((spelling) => spellings.get(spelling) ?? words[0]);
}

function constantCase(word: string): string {
  return word.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase();
}

/** Yes or no, also where it comes as text from an environment variable. */
export const flag: z.ZodType<boolean> = z
  .union([z.boolean(), z.enum(['true', 'false'])], { error: 'expected true or false' })
  .transform((value) => value === true || value === 'true');

/** A whole number from `min` to `max`, also where it comes as text from an environment variable. */
export function wholeNumber(min: number, max: number = Number.MAX_SAFE_INTEGER): z.ZodType<number> {
  const error = `expected a whole number from ${min}${max === Number.MAX_SAFE_INTEGER ? '' : ` to ${max}`}`;
  return z
    .union([z.int(error).min(min, error).max(max, error), z.string().regex(/^\d{1,16}$/)], { error })
    .transform(Number)
    .refine((value) => value >= min && value <= max, error);
}

/** Text that is not empty once the spaces round it are gone; keys and secrets are pasted with them. */
export const filled: z.ZodType<string> = z.string().trim().min(1, 'expected text, got nothing');

/** A path under `baseUrl`, beginning with a slash. */
export const pathOption: z.ZodType<string> = z
  .string()
  .regex(/^\/[^\s?#]*$/, 'expected a path that begins with a slash, such as /api/list');
