import type { StoredRecord } from '../../archive/archive.ts';
import type { RequestContext } from '../context.ts';
import { encodeId, toShownKey } from '../rows/ids.ts';
import { toRowHead } from '../rows/row-head.ts';
import type { SeqNoFailure } from './type.ts';

/** An archived wallet callback as the viewer may see it. */
export function toSeqNoFailure(context: RequestContext, row: StoredRecord<'SEQ_NO_FAILURE'>): SeqNoFailure {
  const head = toRowHead(context, row);
  // Field by field: spreading a thousand rows would cost more than executing the query.
  return {
    __typename: 'SeqNoFailure',
    id: encodeId('SeqNoFailure', row.account, toShownKey(context, 'SEQ_NO_FAILURE', row.key)),
    account: head.account,
    player: head.player,
    providerUsername: head.providerUsername,
    archivedAt: head.archivedAt,
    raw: head.raw,
    seqNo: context.players.sealed(row.seqNo),
    event: row.event,
    statusCode: row.statusCode,
    statusMeaning: row.statusMeaning,
    succeeded: row.succeeded,
    requestedAt: row.requestedAt,
    respondedAt: row.respondedAt,
  };
}
