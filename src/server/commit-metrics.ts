import { Counter, type Registry } from 'prom-client';
import type { CommitResult } from '../archive/archive.ts';
import type { Feed } from '../feeds/feed.ts';
import type { Piece } from '../feeds/reader.ts';

const fates = ['inserted', 'changed', 'moved', 'duplicates', 'vanished'] as const;

/** Counts what became of the rows that were read; give it each piece once it is archived. */
export function createCommitMetrics(
  registry: Registry,
): (feed: Feed, piece: Piece, result: CommitResult) => void {
  const registers = [registry];
  const labelNames = ['account', 'kind'] as const;
  const rows = new Counter({
    name: 'countroom_feed_rows_total',
    help: 'Rows read, by what became of them',
    labelNames: [...labelNames, 'fate'] as const,
    registers,
  });
  const drift = new Counter({
    name: 'countroom_feed_schema_drift_total',
    help: 'Answers with a field the document does not have (extra), rows with a value it does not have (value)',
    labelNames: [...labelNames, 'drift'] as const,
    registers,
  });
  return ({ account, kind }, piece, result) => {
    const labels = { account: account.id, kind };
    for (const fate of fates) rows.inc({ ...labels, fate }, result[fate]);
    rows.inc({ ...labels, fate: 'quarantined' }, piece.quarantined.length);
    drift.inc({ ...labels, drift: 'extra' }, piece.unknownFields.length > 0 ? 1 : 0);
    drift.inc({ ...labels, drift: 'value' }, piece.rows.filter(isUnknown).length);
  };
}

function isUnknown(row: Piece['rows'][number]): boolean {
  return 'status' in row && (row.status === 'UNKNOWN' || row.outcome === 'UNKNOWN');
}
