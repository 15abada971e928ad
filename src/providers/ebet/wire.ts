import { z } from 'zod';
import { isoTime } from '../times.ts';
import { filledText, integer, optional, text } from '../wire.ts';

/** An answer of getseqnorecord; on errors all but `status` may be absent. */
export const envelope = z.object({
  status: integer,
  count: optional(integer),
  /** Calls left this minute; the sibling operations spell it with an s. */
  remainingVisit: optional(integer),
  remainingVisits: optional(integer),
  seqNoHistorys: z.unknown().optional(),
});
export type Envelope = z.infer<typeof envelope>;

/** Where rows belong: null, {} or [] there says that there are none. */
export const rowsAt = ['seqNoHistorys'] as const;

const INT32 = 2_147_483_647;

/** One entry of `seqNoHistorys`; its `status` is what the channel answered to the callback. */
export const row = z.object({
  seqNo: filledText,
  username: filledText,
  event: optional(text),
  startRequestTime: isoTime,
  endResponseTime: optional(isoTime),
  status: integer.refine((value) => Math.abs(value) <= INT32, 'expected a status code, got a larger number'),
});
export type Row = z.infer<typeof row>;
