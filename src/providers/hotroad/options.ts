import { z } from 'zod';
import { emptyAnswers } from '../empty-answers.ts';
import { choice, filled } from '../options.ts';

/** The Basic pair is one per agent; the document's sample has the same 16 characters as both halves. */
export const credentials = z.strictObject({
  agentId: filled.refine((id) => id.length <= 50, 'expected at most 50 characters'),
  username: filled.refine((name) => !name.includes(':'), 'expected no colon: Basic credentials end there'),
  password: filled,
});
export type HotRoadCredentials = z.output<typeof credentials>;

const action = choice('retry', 'slowDown', 'stopAccount', 'refuseInput', 'split', 'giveUp');
const code = z.string().min(1);

export const options = z.strictObject({
  /** What an answer of success may say where there are no rows. @default lenient */
  emptyAnswers,
  /** What the provider's status codes mean; its table (5.4) is not public, its operators have it. @default none */
  statusMessages: z.record(code, z.string()).default({}),
  /** What is done about a status code; one not named here is given up on, and reported. @default none */
  statusActions: z.record(code, action).default({}),
  /** `strict` refuses an interval the limits forbid before it is sent; `lenient` leaves it to the provider. @default strict */
  limitChecks: choice('strict', 'lenient').default('strict'),
});
export type HotRoadOptions = z.output<typeof options>;
