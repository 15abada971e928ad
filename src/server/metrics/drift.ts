import { Counter, type Registry } from 'prom-client';
import type { CommitResult } from '../../archive/archive.ts';
import type { Feed } from '../../feeds/feed.ts';
import type { Piece } from '../../feeds/reading/piece.ts';

/** Counts where answers were not as the provider's document has them; give it each piece once it is archived. */
export function createDriftCounter(
  registry: Registry,
): (feed: Feed, piece: Piece, result: CommitResult) => void {
  const drift = new Counter({
    name: 'countroom_feed_drift_total',
    help: 'Answers with a field no document has (extra_field), rows with a status no document has (unknown_value), rows listed twice (duplicate), rows set aside (quarantined)',
    labelNames: ['account', 'kind', 'drift'] as const,
    registers: [registry],
  });
  return ({ account, kind }, { rows, quarantined, unknownFields }, { duplicates }) => {
    const count = (what: string, times: number) =>
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
