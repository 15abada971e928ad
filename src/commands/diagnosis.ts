import { z } from 'zod';
import { recordKinds } from '../records/record.ts';
import type { Gateway } from './gateway.ts';

const duration = z.string();
const feed = z.object({
  kind: z.enum(recordKinds),
  clockOffset: z.object({ leastMs: z.number(), mostMs: z.number() }).nullable(),
  pace: z.object({ calls: z.int(), refused: z.int(), allowedPerMinute: z.int().nullable() }),
  limits: z.object({ settlementLag: duration }),
  lateness: z.object({ rows: z.int(), late: z.int(), proposedLag: duration.nullable() }),
});
const answer = z.object({
  archiveInfo: z.object({
    engine: z.string(),
    version: z.string(),
    layout: z.int(),
    sizeMb: z.int().nullable(),
    freeMb: z.int().nullable(),
  }),
  accounts: z.array(z.object({ id: z.string(), feeds: z.array(feed) })),
});

export type ArchiveSeen = z.output<typeof answer>['archiveInfo'];
export type FeedSeen = z.output<typeof feed> & { readonly account: string };

const query = `{
  archiveInfo { engine version layout sizeMb freeMb }
  accounts { id feeds {
    kind clockOffset { leastMs mostMs } pace { calls refused allowedPerMinute } limits { settlementLag }
    lateness { rows late proposedLag }
  } }
}`;

/** What a gateway knows of its archive and its feeds; asks no provider. */
export async function readDiagnosis(
  gateway: Gateway,
): Promise<{ readonly archive: ArchiveSeen; readonly feeds: readonly FeedSeen[] }> {
  const { archiveInfo, accounts } = await gateway.graphql(query, {}, answer);
  return {
    archive: archiveInfo,
    feeds: accounts.flatMap(({ id, feeds }) => feeds.map((each) => ({ account: id, ...each }))),
  };
}
