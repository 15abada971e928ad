import type { StoredRecord } from '../../archive/archive.ts';
import type { RequestContext } from '../context.ts';
import { encodeId } from '../rows/ids.ts';
import { toRowHead } from '../rows/row-head.ts';
import type { Transfer } from './type.ts';

/** An archived transfer as the viewer may see it. */
export function toTransfer(context: RequestContext, row: StoredRecord<'TRANSFER'>): Transfer {
  const head = toRowHead(context, row);
  // Field by field: spreading a thousand rows would cost more than executing the query.
  return {
    __typename: 'Transfer',
    id: encodeId('Transfer', row.account, row.key),
    account: head.account,
    player: head.player,
    providerUsername: head.providerUsername,
    archivedAt: head.archivedAt,
    raw: head.raw,
    transactionCode: row.key,
    direction: row.direction,
    currency: row.currency,
    amount: row.amount,
    freeCredit: row.freeCredit,
    balanceBefore: row.balanceBefore,
    balanceAfter: row.balanceAfter,
    freeCreditBefore: row.freeCreditBefore,
    freeCreditAfter: row.freeCreditAfter,
    realCreditBefore: row.realCreditBefore,
    createdAt: row.createdAt,
  };
}
