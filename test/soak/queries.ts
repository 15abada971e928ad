import type { Draw } from '../../src/providers/seeded.ts';
import type { RecordKind } from '../../src/records/record.ts';
import { isSure, type SoakFeed } from './check.ts';
import type { Gateway } from './gateway.ts';
import { plain } from './provider.ts';

interface Connection {
  readonly nodes: readonly Readonly<Record<string, string | null>>[];
  readonly pageInfo: { readonly hasNextPage: boolean };
  readonly coverage: { readonly complete: boolean; readonly openFrom: string | null };
}

const fields: Readonly<Record<RecordKind, { readonly name: string; readonly asked: string }>> = {
  BET: { name: 'bets', asked: 'providerBetId stake' },
  TRANSFER: { name: 'transfers', asked: 'transactionCode amount' },
  SEQ_NO_FAILURE: { name: 'seqNoFailures', asked: 'seqNo event requestedAt' },
};

/** What a query's answers came to. */
export interface Tally {
  answers: number;
  complete: number;
  /** While the gateway or its database was away. */
  refused: number;
}

// While the database is away: said as such, and for no other reason.
const PASSING = /^(ARCHIVE_UNAVAILABLE|SERVICE_UNAVAILABLE)/;

/** Asks one range of one feed; gives what an answer that calls itself complete lacks, doubles or has wrong. */
export async function ask(
  gateway: Gateway,
  feed: SoakFeed,
  draw: Draw,
  { now, since, lagMs, tally }: { now: number; since: number; lagMs: number; tally: Tally },
): Promise<string[]> {
  const length = (5 + draw.integer(55)) * 60_000;
  const to = draw.once(2) ? now + 60_000 : now - draw.integer(Math.max(1, now - since));
  const range = { from: Math.max(to - length, since), to };
  const { name, asked } = fields[feed.kind];
  const times = `{ from: "${new Date(range.from).toISOString()}", to: "${new Date(to).toISOString()}" }`;
  const query = `{ ${name}(filter: { range: ${times}, accounts: ["${feed.account}"] }, first: 1000, maxWait: "2s") {
    nodes { ${asked} } pageInfo { hasNextPage } coverage { complete openFrom } } }`;
  const wasAway = gateway.away();
  let answer: Awaited<ReturnType<typeof gateway.ask<Record<string, Connection | null>>>>;
  try {
    answer = await gateway.ask<Record<string, Connection | null>>(query, 20_000);
  } catch {
    // Killed, paused or behind a line that is silent: whoever asks hears nothing.
    tally.refused += 1;
    return [];
  }
  const place = `${gateway.name} ${feed.account} ${feed.kind} ${times}`;
  const found = answer.data?.[name];
  if (found == null) {
    tally.refused += 1;
    if (answer.status === 503 || wasAway !== null || answer.errors.every((each) => PASSING.test(each)))
      return [];
    return [`${place}: HTTP ${answer.status} ${answer.errors.join('; ')}`];
  }
  tally.answers += 1;
  return [...judge(found, feed, range, { lagMs, tally })].map((what) => `${place}: ${what}`);
}

function* judge(
  { nodes, pageInfo, coverage }: Connection,
  feed: SoakFeed,
  range: { readonly from: number; readonly to: number },
  { lagMs, tally }: { readonly lagMs: number; readonly tally: Tally },
): Iterable<string> {
  const got = new Map(nodes.map((node) => [keyOf(feed.kind, node), amountOf(feed.kind, node)]));
  if (got.size !== nodes.length) yield `${nodes.length - got.size} rows twice`;
  const truth = feed.rows(range);
  const amounts = new Map(truth.map(({ key, amount }) => [key, amount]));
  for (const [key, amount] of got) {
    if (!amounts.has(key)) yield `${key}: no row of the provider’s`;
    else if (amounts.get(key) !== amount) yield `${key}: ${amount} instead of ${amounts.get(key)}`;
  }
  if (!coverage.complete || pageInfo.hasNextPage) return;
  tally.complete += 1;
  const end = coverage.openFrom === null ? range.to : Math.min(range.to, Date.parse(coverage.openFrom));
  for (const row of truth)
    if (row.at < end && isSure(row, lagMs) && !got.has(row.key))
      yield `says it is complete and lacks ${row.key} of ${new Date(row.at).toISOString()}`;
}

function keyOf(kind: RecordKind, node: Connection['nodes'][number]): string {
  if (kind === 'BET') return node['providerBetId'] ?? '';
  if (kind === 'TRANSFER') return node['transactionCode'] ?? '';
  return JSON.stringify([node['seqNo'], node['event'], node['requestedAt']]);
}

function amountOf(kind: RecordKind, node: Connection['nodes'][number]): string | null {
  const amount = node[kind === 'BET' ? 'stake' : 'amount'];
  return amount == null ? null : plain(amount);
}
