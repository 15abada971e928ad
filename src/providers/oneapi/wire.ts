import { z } from 'zod';
import { epochMs } from '../times.ts';
import { decimalField, filledText, integer, optional, text } from '../wire.ts';

/** Both envelopes: `code` in the older revision, `status` in the newer, and `error` alone on HTTP 400. */
export const envelope = z.object({
  code: optional(text),
  status: optional(text),
  error: optional(text),
  data: z.unknown().optional(),
});
export type Envelope = z.infer<typeof envelope>;

/** `data` of `/api/transaction/list`, beside its rows. */
export const listData = z.object({ total: optional(integer) });

/** Where the rows of a list belong: null, {} or [] at any of these steps says that there are none. */
export const rowsAt = ['data', 'data'] as const;

/** One bet of either operation; amounts are JSON numbers of up to 8 decimals. */
export const row = z.object({
  betId: filledText,
  playerId: filledText,
  orderId: optional(text),
  gameCode: optional(text),
  category: optional(text),
  currency: filledText,
  bet: decimalField,
  win: decimalField,
  effectiveTurnover: optional(decimalField),
  refundAmount: optional(decimalField),
  status: filledText,
  timestamp: epochMs,
});
export type Row = z.infer<typeof row>;
