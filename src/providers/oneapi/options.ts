import { z } from 'zod';
import { emptyAnswers } from '../empty-answers.ts';
import { choice, filled, flag, pathOption, wholeNumber } from '../options.ts';

export const credentials = z.strictObject({ apiKey: filled, apiSecret: filled });
export type Credentials = z.infer<typeof credentials>;

export const options = z.strictObject({
  /** What an answer of success may say where there are no rows. @default lenient */
  emptyAnswers,
  /** Appended to `baseUrl`. @default /api/transaction/list */
  listPath: pathOption.default('/api/transaction/list'),
  /** Appended to `baseUrl`. @default /api/transaction/detail */
  detailPath: pathOption.default('/api/transaction/detail'),
  /** What is signed: path and sorted parameters, or the body's very bytes. @default sortedParams */
  signatureSource: choice('sortedParams', 'rawBody').default('sortedParams'),
  /** The path within the signed text: whole, or without its leading `/api`. @default full */
  signedPath: choice('full', 'stripped').default('full'),
  /** The API key's name among the signed parameters. @default appId */
  appIdParam: filled.default('appId'),
  /** Whether `X-Timestamp` is signed as the parameter `timestamp`. @default true */
  signTimestamp: flag.default(true),
  /** What MD5 is taken of: the HMAC's hex digits, or its bytes. @default hex */
  md5Input: choice('hex', 'raw').default('hex'),
  /** How the secret becomes the HMAC's key: as text, or decoded from hex. @default utf8 */
  secretEncoding: choice('utf8', 'hex').default('utf8'),
  /** The unit of `X-Timestamp`. @default ms */
  timestampUnit: choice('ms', 's').default('ms'),
  /** Rows a page; the document's own default is 10, and it names no most. @default 100 */
  pageLimit: wholeNumber(1).default(100),
  /** The number of the first page. @default 1 */
  firstPage: wholeNumber(0, 1).default(1),
  /** Field names of requests, which revisions of the document spell differently. @default startTime */
  startTimeField: filled.default('startTime'),
  /** @default endTime */
  endTimeField: filled.default('endTime'),
  /** @default page */
  pageField: filled.default('page'),
  /** @default limit */
  limitField: filled.default('limit'),
  /** The longest range the detail operation takes, in days. @default 7 */
  detailMaxDays: wholeNumber(1).default(7),
  /** Whether `win` already holds `refundAmount`. @default false */
  refundInWin: flag.default(false),
  /** What the operator knows of further values of `status`, e.g. `{ "2": OPEN }`; the document shows only 1. @default {} */
  statuses: z.record(z.string(), z.enum(['OPEN', 'SETTLED', 'REFUNDED', 'UNKNOWN'])).default({}),
});
export type Options = z.infer<typeof options>;
