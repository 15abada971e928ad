import { Counter, type Registry } from 'prom-client';
import type { CommitResult } from '../../archive/archive.ts';
import type { Feed } from '../../feeds/feed.ts';
import type { Piece } from '../../feeds/reading/piece.ts';

const drifts = ['extra_field', 'unknown_value', 'duplicate', 'quarantined'] as const;

/**
 * Counts where answers were not as the provider's document has them; give it each piece once it is archived. The series
 * of `feeds` are there at once, so that the first such answer is seen to be one.
 */
export function createDriftCounter(
  registry: Registry,
  feeds: readonly Feed[] = [],
): (feed: Feed, piece: Piece, result: CommitResult) => void {
  const drift = new Counter({
    name: 'countroom_feed_drift_total',
    help: 'Answers with a field no document has (extra_field), rows with a status no document has (unknown_value), rows listed twice (duplicate), rows set aside (quarantined)',
    labelNames: ['account', 'kind', 'drift'] as const,
    registers: [registry],
  });
  for (const { account, kind } of feeds)
    for (const each of drifts) drift.inc({ account: account.id, kind, drift: each }, 0);
  return ({ account, kind }, { rows, quarantined, unknownFields }, { duplicates }) => {
    const count = (what: (typeof drifts)[number], times: number) =>
      drift.inc({ account: account.id, kind, drift: what }, times);
    count('extra_field', unknownFields.length > 0 ? 1 : 0);
    count('unknown_value', rows.filter(isUnknown).length);
    count('duplicate', duplicates);
    count('quarantined', quarantined.length);
  };
}

function isUnknown(row: Piece['rows'][number]): boolean {
  return 'status' in row && (row.status === 'UNKNOWN' || row.outcome === 'UNKNOWN');
}
