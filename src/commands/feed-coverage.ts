import { z } from 'zod';
import { type FeedCoverage, type Gap, gapReasons } from '../records/coverage.ts';
import type { Interval } from '../records/interval.ts';
import { recordKinds } from '../records/record.ts';
import type { Gateway } from './gateway.ts';

const instant = z.iso.datetime().transform((text) => Date.parse(text));
const span = z.object({ from: instant, to: instant });
const kind = z.enum(recordKinds);

/** The fields of a coverage that commands ask for, and the schema of the answer. */
export const coverageFields =
  'complete final windowsAsked windowsHeld quarantined contradicted openFrom ' +
  'gaps { accountId kind from to reason retryAt message }';
export const coverageData = z.object({
  complete: z.boolean(),
  final: z.boolean(),
  windowsAsked: z.int(),
  windowsHeld: z.int(),
  quarantined: z.int(),
  contradicted: z.int(),
  openFrom: instant.nullable(),
  gaps: z.array(
    span
      .extend({
        accountId: z.string(),
        kind,
        reason: z.enum(gapReasons),
        retryAt: instant.nullable(),
        message: z.string().nullable(),
      })
      .transform(({ accountId: account, ...gap }) => ({ account, ...gap })),
  ),
});

const feedsData = z.object({
  coverage: z.array(
    z
      .object({
        account: z.object({ id: z.string() }),
        kind,
        held: z.array(span),
        finalUntil: instant.nullable(),
        coverage: coverageData,
      })
      .transform(({ account, ...feed }): FeedCoverage => ({ account: account.id, ...feed })),
  ),
});

const query = `query($range: TimeRange!, $accounts: [ID!]) {
  coverage(range: $range, accounts: $accounts) {
    account { id } kind held { from to } finalUntil coverage { ${coverageFields} }
  }
}`;

/** The gaps that asking may still fill. */
export function missingOf(gaps: readonly Gap[]): readonly Gap[] {
  return gaps.filter(({ reason }) => reason !== 'BEYOND_RETENTION' && reason !== 'IN_FUTURE');
}

/** A range as an argument of the graph. */
export function rangeInput({ from, to }: Interval): { readonly from: string; readonly to: string } {
  return { from: new Date(from).toISOString(), to: new Date(to).toISOString() };
}

/** How much of a range the archive holds, feed by feed; asks no provider. */
export async function readCoverage(
  gateway: Gateway,
  range: Interval,
  account: string | undefined,
): Promise<readonly FeedCoverage[]> {
  const accounts = account === undefined ? null : [account];
  return (await gateway.graphql(query, { range: rangeInput(range), accounts }, feedsData)).coverage;
}
