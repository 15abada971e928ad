import { setTimeout as wait } from 'node:timers/promises';
import { z } from 'zod';
import type { Config } from '../config/config.ts';
import { gapReasons } from '../records/coverage.ts';
import type { Interval } from '../records/interval.ts';
import type { RecordKind } from '../records/record.ts';
import { rangeInput } from './feed-coverage.ts';
import { openGateway } from './gateway.ts';
import type { Io } from './io.ts';

export interface RereadAsk {
  readonly config: Config;
  readonly account: string;
  readonly kind: RecordKind;
  readonly range: Interval;
  readonly io: Io;
}

const LOOK_MS = 250;

const reading = z.object({
  kind: z.string(),
  underWay: z.int(),
  troubles: z.array(
    z.object({
      from: z.string(),
      to: z.string(),
      reason: z.enum(gapReasons),
      message: z.string().nullable(),
    }),
  ),
});
type Reading = z.output<typeof reading>;
const fields = 'kind underWay troubles { from to reason message }';
const begin = `mutation($account: ID!, $kind: RecordKind!, $range: TimeRange!) {
  reread(account: $account, kind: $kind, range: $range) { ${fields} }
}`;
const look = `query($account: ID!, $range: TimeRange!) {
  coverage(range: $range, accounts: [$account]) { ${fields} }
}`;

/** Reads a range of one feed again, held or not, and ends when all was read: 1 where some of it could not be. */
export async function reread({ config, account, kind, range, io }: RereadAsk): Promise<number> {
  const gateway = await openGateway(config, io);
  try {
    const asked = { account, kind, range: rangeInput(range) };
    let now: Reading = (await gateway.graphql(begin, asked, z.object({ reread: reading }))).reread;
    let told: number | null = null;
    while (now.underWay > 0) {
      if (now.underWay !== told) {
        told = now.underWay;
        io.stderr.write(`${JSON.stringify({ feed: `${account} ${kind}`, windowsLeft: told })}\n`);
      }
      await wait(LOOK_MS, undefined, { signal: io.signal });
      const { coverage } = await gateway.graphql(look, asked, z.object({ coverage: z.array(reading) }));
      now = coverage.find((feed) => feed.kind === kind) ?? now;
    }
    const lost = beyondRetention(config, { account, kind, range });
    if (lost !== null) io.stderr.write(`${account} ${kind}: ${lost}\n`);
    for (const { from, to, reason, message } of now.troubles) {
      io.stderr.write(
        `${account} ${kind} ${from} – ${to}: ${reason}${message === null ? '' : ` (${message})`}\n`,
      );
    }
    if (lost !== null || now.troubles.length > 0) return 1;
    io.stdout.write(`${account} ${kind}: all was read again\n`);
    return 0;
  } finally {
    await gateway.close();
  }
}

/** What the provider gives no more of a range, in words; null where it gives all. */
function beyondRetention(
  config: Config,
  { account, kind, range }: Pick<RereadAsk, 'account' | 'kind' | 'range'>,
): string | null {
  const limits = config.accounts.find(({ id }) => id === account)?.limits[kind];
  const retention = limits?.retention ?? null;
  if (retention === null) return null;
  const earliest = Date.now() - retention;
  return range.from >= earliest
    ? null
    : `the provider gives nothing before ${new Date(earliest).toISOString()} any more; that was not read`;
}
