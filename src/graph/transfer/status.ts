import type { SetAsideRow } from '../../archive/admin.ts';
import type { StoredRecord } from '../../archive/archive.ts';
import { BadUserInputError } from '../../errors.ts';
import type { Feed } from '../../feeds/feed.ts';
import type { TransferAsk, TransferSearch } from '../../feeds/transfer-search.ts';
import { formatDuration } from '../../records/duration.ts';
import { type Interval, union } from '../../records/interval.ts';
import { bothEnds, doubtOf, touches } from '../../records/verdict.ts';
import type { RequestContext } from '../context.ts';
import { show } from '../rows/ids.ts';
import { loadersOf, loadVisible } from '../rows/loaders.ts';
import { checkAccount, feedsOf } from '../selection/scope.ts';
import type { TransferVerdict } from './verdict.ts';
import { toTransfer } from './view.ts';

const LONGEST_CODE = 30;
const MINUTE_MS = 60_000;
/** How far back a log of transfers is believed whose provider states no end. */
const ASSUMED_RETENTION_MS = 40 * 86_400_000;
const RETRY_MS = 2_000;
/** A transfer recorded this far from when it was sent is worth a word. */
const FAR_MS = 15 * MINUTE_MS;

/** The transfer feed of an account; a BadUserInputError where there is no such account, or it has no transfers. */
export function checkTransferAccount(context: RequestContext, id: string): Feed {
  const account = checkAccount(context, 'account', id);
  const [feed] = feedsOf(context, [account], 'TRANSFER');
  if (feed !== undefined) return feed;
  throw new BadUserInputError(`account: expected an account whose provider lists transfers, got ${show(id)}`);
}

/** A code as providers take them; a BadUserInputError naming `field` where no provider could have recorded it. */
export function checkCode(field: string, code: string): string {
  if (code === '' || code.length > LONGEST_CODE) {
    throw new BadUserInputError(
      `${field}: expected a code of 1 to ${LONGEST_CODE} characters, got ${code.length.toString()}`,
    );
  }
  if (code === code.trim()) return code;
  throw new BadUserInputError(`${field}: expected a code without a space at an end, got ${show(code)}`);
}

/** Whether transfers arrived. Absence is only said where every read behind it came late enough to prove it. */
export async function findVerdicts(
  context: RequestContext,
  feed: Feed,
  asks: readonly TransferAsk[],
  maxWaitMs: number,
): Promise<readonly TransferVerdict[]> {
  const { deps, viewer, payer } = context;
  const before = await transfersOf(context, feed, asks);
  const open = asks.filter((_, index) => isLost(before[index] ?? null));
  const found = await deps.searchTransfers(feed, open, viewer.fetches ? maxWaitMs : 0, payer);
  const searches = new Map(open.map((ask, index) => [ask, found[index]!]));
  // The reads before the rows: what comes in between is found, and never called absent.
  const rows = await transfersOf(context, feed, asks);
  const spans = [...searches.values()].map(({ searched }) => searched);
  const lost = rows.flatMap((row) => (row !== null && isLost(row) ? [row.key] : []));
  const listedAt = await deps.archive.lastListed({ account: feed.account.id, kind: feed.kind }, lost);
  const aside = await setAsideIn(context, feed, spans);
  const codes = await codesIn(context, feed, spans);
  return Promise.all(
    asks.map(async (ask, index) => {
      const row = rows[index] ?? null;
      const search = searches.get(ask) ?? (await deps.searchTransfers(feed, [ask], 0))[0]!;
      if (row !== null) return verdictOfRow(context, ask, row, search, listedAt.get(row.key));
      return verdictOfAbsence(context, feed, ask, { search, aside, codes });
    }),
  );
}

/** Whether nothing is archived of a transfer, or what is was not listed any more. */
function isLost(row: StoredRecord<'TRANSFER'> | null): boolean {
  return row === null || row.withdrawnAt !== null || row.vanishedAt !== null;
}

/** What is archived under the codes, where the viewer may see it. */
function transfersOf(context: RequestContext, feed: Feed, asks: readonly TransferAsk[]) {
  const loader = loadersOf(context).rows.TRANSFER;
  return Promise.all(
    asks.map(({ code }) => {
      const rowKey = { account: feed.account.id, key: code };
      return loadVisible(context, loader.clear(rowKey), rowKey);
    }),
  );
}

function verdictOfRow(
  context: RequestContext,
  { sentAt }: TransferAsk,
  row: StoredRecord<'TRANSFER'>,
  { searched, reads }: TransferSearch,
  listedAt = row.archivedAt,
): TransferVerdict {
  const lostAt = row.withdrawnAt ?? row.vanishedAt;
  if (lostAt !== null) {
    const reason = `last listed by the provider at ${iso(listedAt)}, and no longer when it was asked at ${iso(lostAt)}: ask the provider`;
    return { ...unknown(searched), reason, evidence: reads };
  }
  const apart = Math.abs(row.createdAt - sentAt);
  const minutes = formatDuration(Math.round(apart / MINUTE_MS) * MINUTE_MS);
  const far = apart > FAR_MS ? `, ${minutes} ${row.createdAt > sentAt ? 'after' : 'before'} it was sent` : '';
  const transfer = toTransfer(context, row);
  const reason = `the provider recorded it at ${iso(row.createdAt)}${far}`;
  return { ...unknown(searched), state: 'ARRIVED', transfer, reason, evidence: reads };
}

interface Facts {
  readonly search: TransferSearch;
  readonly aside: readonly SetAsideRow[];
  readonly codes: readonly string[];
}

function verdictOfAbsence(
  context: RequestContext,
  feed: Feed,
  { code }: TransferAsk,
  { search, aside, codes }: Facts,
): TransferVerdict {
  const { searched, proof, reads, failure, provableAt, providerLatest } = search;
  const now = context.deps.clock();
  const notKnown = (reason: string, retryAt: number | null) => ({
    ...unknown(searched),
    reason,
    retryAt,
    evidence: proof ?? reads,
  });
  // A player asks about rows of others as well: what is there of them is not told, nor that nothing is.
  if (context.viewer.onlyPlayer !== null)
    return { ...notKnown('absence is told to operators alone', null), evidence: [] };
  const doubt = aside
    .map((row) =>
      doubtOf(code, { ...row, isWithin: row.interval !== null && touches(searched, row.interval) }),
    )
    .find((each) => each !== null);
  if (doubt !== undefined) return notKnown(doubt, null);
  const alike = codes.find((each) => each !== code && each.toLowerCase() === code.toLowerCase());
  if (alike !== undefined) return notKnown(`${show(alike)} is there, which differs in case alone`, null);
  const retention = feed.limits.retention ?? ASSUMED_RETENTION_MS;
  if (searched.from < providerLatest - retention)
    return notKnown('it was sent before the provider’s records begin: they prove nothing of it', null);
  if (proof === null) {
    if (provableAt > now) {
      return notKnown(
        'the provider may still record it: absence can be proven once its records are finished',
        provableAt,
      );
    }
    if (failure !== null) return notKnown(failure.message, now + failure.waitMs);
    return notKnown('not all of its time was read since you first asked', now + RETRY_MS);
  }
  const provenAt = Math.max(...proof.map(({ askedAt }) => askedAt));
  const reason = `the provider listed all it recorded from ${iso(searched.from)} to ${iso(searched.to)}, and not this code`;
  return { ...unknown(searched), state: 'NOT_ARRIVED', provenAt, reason, evidence: proof };
}

function unknown(searched: Interval) {
  const nothing = { transfer: null, provenAt: null, retryAt: null };
  return { state: 'NOT_YET_KNOWN' as const, searched, ...nothing };
}

async function setAsideIn(context: RequestContext, feed: Feed, spans: readonly Interval[]) {
  const feedKey = { account: feed.account.id, kind: feed.kind };
  const found = await Promise.all(
    union(spans.map(bothEnds)).map((span) => context.deps.quarantine.setAside(feedKey, span)),
  );
  return found.flat();
}

/** The codes of what is archived in the spans. */
async function codesIn(context: RequestContext, feed: Feed, spans: readonly Interval[]): Promise<string[]> {
  const codes: string[] = [];
  for (const range of union(spans.map(bothEnds))) {
    const query = {
      kind: 'TRANSFER' as const,
      accounts: [feed.account.id],
      range,
      players: null,
      where: null,
    };
    for await (const rows of context.deps.archive.stream({ ...query, axis: 'SETTLED' }))
      codes.push(...rows.map(({ key }) => key));
  }
  return codes;
}

const iso = (at: number) => new Date(at).toISOString();
