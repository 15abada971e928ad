import { MEASURE_STEP_MS } from '../../records/clock-reading.ts';
import type { RecordKind } from '../../records/record.ts';
import type { Reopening } from '../admin.ts';
import type { Commit } from '../archive.ts';
import { reopenStatement } from './admin.ts';
import { leastSinceStatement, writeClockStatements } from './clock.ts';
import type { Dialect, Statement } from './dialect.ts';
import { rowsOf } from './records.ts';
import type { Transacting } from './transacting.ts';

/** What a fall of a provider's clock changes: what is known of it first, then the reads that were dated without that. */
export function reopenStatements(
  dialect: Dialect,
  account: string,
  kinds: readonly RecordKind[],
  { measures, ...reopening }: Reopening,
): Statement[] {
  return [
    ...(measures.length === 0 ? [] : writeClockStatements(dialect, account, measures)),
    ...kinds.map((kind) => reopenStatement(dialect, { account, kind }, reopening)),
  ];
}

/**
 * A commit's read, dated by what was measured of the provider's clock since it left: an answer that fell in between was
 * taken in while this one waited to be written, and what it reopened did not have this read yet. For the transaction that
 * writes it, once nothing else can reopen its feed.
 */
export async function datedAnew(
  { dialect, read }: Pick<Transacting, 'dialect' | 'read'>,
  commit: Commit,
): Promise<Commit> {
  const { account, interval, readAt } = commit;
  if (interval === null) return commit;
  const [[least = null] = []] = rowsOf(await read(leastSinceStatement(dialect, account, readAt)));
  if (least === null) return commit;
  const providerAt = readAt + Number(least);
  const claimed = commit.providerAt ?? readAt;
  // Measures are rounded outwards: what says less by no more than that says the same.
  return providerAt + MEASURE_STEP_MS < claimed ? { ...commit, providerAt } : commit;
}
