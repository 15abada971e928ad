import { z } from 'zod';
import type { Config } from '../config/config.ts';
import { UnavailableError } from '../errors.ts';
import type { Probe } from '../feeds/probe.ts';
import { type RecordKind, recordKinds } from '../records/record.ts';
import type { Gateway } from './gateway.ts';

/** One feed's answer to one question. */
export interface Probed extends Probe {
  readonly account: string;
  readonly kind: RecordKind;
}

const answer = z.object({
  probe: z.object({ problem: z.string().nullable(), remedy: z.string().nullable() }),
});
const query = `mutation($account: ID!, $kind: RecordKind!) { probe: probeFeed(account: $account, kind: $kind) { problem remedy } }`;

/** Has a gateway ask each feed of the configuration one question, all at once: they take their turns at its pace. */
export function probeThrough(gateway: Gateway, { accounts }: Config): Promise<Probed[]> {
  const feeds = accounts.flatMap(({ id, limits }) =>
    recordKinds.filter((kind) => limits[kind] !== undefined).map((kind) => ({ account: id, kind })),
  );
  return Promise.all(
    feeds.map(async (feed) => {
      try {
        return { ...feed, ...(await gateway.graphql(query, feed, answer)).probe };
      } catch (error) {
        if (!(error instanceof UnavailableError)) throw error;
        const remedy = 'the gateway that runs may have another configuration: start it anew';
        return { ...feed, problem: error.message, remedy };
      }
    }),
  );
}
