import { z } from 'zod';
import { offsetTime } from '../times.ts';
import { decimalField, filledText, listOf, optional, text } from '../wire.ts';

/** What both operations answer; refusals need not carry `data`. */
export const envelope = z.object({ code: text, data: z.unknown().optional() });

/** Where rows belong: null, {} or [] at any of these steps says that there are none. */
export const betsAt = ['data', 'list'] as const;
export const transfersAt = ['data'] as const;

/** One record of 3.7; amounts are numbers of at most 4 decimals. */
export const betRow = z.object({
  txId: filledText,
  agentId: optional(text),
  gameType: optional(text),
  gameCode: optional(text),
  betAmount: decimalField,
  realCredit: optional(decimalField),
  freeCredit: optional(decimalField),
  promotionCredit: optional(decimalField),
  updateTime: offsetTime,
  betTime: optional(offsetTime),
  userId: filledText,
  category: optional(text),
  tableId: optional(text),
  roundId: optional(text),
  roundStartTime: optional(offsetTime),
  result: optional(listOf(optional(text))),
  odds: optional(decimalField),
  winLoss: decimalField,
  validBet: optional(decimalField),
  status: optional(text),
  commission: optional(decimalField),
  realCreditWinLoss: optional(decimalField),
  freeCreditWinLoss: optional(decimalField),
  promotionCreditWinLoss: optional(decimalField),
});
export type BetRow = z.output<typeof betRow>;

/** One record of 4.6; money is text, and preRealCredit stands in the sample alone. */
export const transferRow = z.object({
  transactionCode: filledText,
  agentId: optional(text),
  userId: filledText,
  amount: decimalField,
  freeCredit: optional(decimalField),
  preBalance: optional(decimalField),
  preFreeCredit: optional(decimalField),
  preRealCredit: optional(decimalField),
  currentBalance: optional(decimalField),
  currentFreeCredit: optional(decimalField),
  createDate: offsetTime,
});
export type TransferRow = z.output<typeof transferRow>;
