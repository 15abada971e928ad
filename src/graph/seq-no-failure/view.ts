import type { StoredRecord } from '../../archive/archive.ts';
import type { RequestContext } from '../context.ts';
import { encodeId } from '../ids.ts';
import { toShownKey } from '../row-key.ts';
import { toRowHead } from '../row-view.ts';
import type { SeqNoFailure } from './type.ts';

/** An archived wallet callback as the viewer may see it. */
export function toSeqNoFailure(context: RequestContext, row: StoredRecord<'SEQ_NO_FAILURE'>): SeqNoFailure {
  return {
    __typename: 'SeqNoFailure',
    get id() {
      return encodeId('SeqNoFailure', row.account, toShownKey(context, 'SEQ_NO_FAILURE', row.key));
    },
    ...toRowHead(context, row),
    seqNo: context.players.sealed(row.seqNo),
    event: row.event,
    statusCode: row.statusCode,
    statusMeaning: row.statusMeaning,
    succeeded: row.succeeded,
    requestedAt: row.requestedAt,
    respondedAt: row.respondedAt,
  };
}
