import { z } from 'zod';
import { emptyAnswers } from '../empty-answers.ts';
import { choice, filled, flag } from '../options.ts';

const UNIT_MS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000 };
const duration = z
  .string()
  .regex(/^\d{1,6}(ms|s|m)$/, 'expected a duration such as 60s')
  .transform((text) => Number.parseInt(text, 10) * (UNIT_MS[text.replace(/^\d+/, '')] ?? 1));

/** `apiKey` is the AES key in hex; `secretKey` is another value, sent only within `/v2/auth`. */
export const credentials = z.strictObject({
  agentId: filled,
  apiKey: z
    .string()
    .trim()
    .regex(/^[0-9a-fA-F]{64}$/, 'expected 64 hex digits'),
  secretKey: filled,
});
export type VertexPlayCredentials = z.output<typeof credentials>;

export const options = z.strictObject({
  /** What an answer of success may say where there are no rows. @default lenient */
  emptyAnswers,
  /** `pipe` reproduces the published sample; `concatBody` is what older pages describe. @default pipe */
  signatureScheme: choice('pipe', 'concatBody').default('pipe'),
  /** Which id is a bet's key; `auto` takes betId where it is sent, else transferId. @default auto */
  betIdField: choice('auto', 'betId', 'transferId').default('auto'),
  /** The time by which the provider selects rows. @default txTime */
  timeAxis: choice('txTime', 'betTime').default('txTime'),
  /** Whether winAmt already holds jackpotWin. @default false */
  jackpotInWin: flag.default(false),
  /** Sent with each request where given; the document does not say what it selects. */
  betSourceId: z.string().optional(),
  /** How long before its end a token is replaced. @default 60s */
  refreshSkew: duration.prefault('60s'),
  /** `strict` refuses an interval the limits forbid before it is sent; `lenient` leaves it to the provider. @default strict */
  limitChecks: choice('strict', 'lenient').default('strict'),
});
export type VertexPlayOptions = z.output<typeof options>;
