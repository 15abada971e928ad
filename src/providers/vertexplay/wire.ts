import { z } from 'zod';
import { isoTime } from '../times.ts';
import { decimalField, field, filledText, integer, optional, readerOf, text } from '../wire.ts';

/** What both operations answer; refusals carry no `data`. */
export const envelope = z.object({ code: text, data: z.unknown().optional() });

/** Where the rows of `/v2/betlogs` belong: null, {} or [] there says that there are none. */
export const rowsAt = ['data'] as const;

/** The `data` of `/v2/auth`; `expiresIn` is in seconds. */
export const tokenData = z.object({ accessToken: filledText, expiresIn: integer });

const readId = readerOf(text);
// Newer documents add betId and plan to remove transferId; an empty id is no id.
const id = optional(field<string | null>((value) => (value === '' ? { value: null } : readId(value))));

/** One row of `data[]`; amounts are strings of six decimals, ids exceed 2^53. */
export const betRow = z.object({
  betTime: optional(isoTime),
  txTime: isoTime,
  currency: filledText,
  brand: optional(text),
  gameCode: optional(text),
  username: filledText,
  roundId: id,
  transferId: id,
  betId: id,
  betStatus: filledText,
  actualBetAmt: decimalField,
  validBetAmt: optional(decimalField),
  winAmt: decimalField,
  jackpotWin: decimalField,
  jackpotContribute: optional(decimalField),
  betSourceId: optional(text),
});
export type BetRow = z.output<typeof betRow>;
