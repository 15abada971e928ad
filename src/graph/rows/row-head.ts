import type { StoredRecord } from '../../archive/archive.ts';
import { type Account, toAccount } from '../account/type.ts';
import type { RequestContext } from '../context.ts';
import type { Player } from '../player/type.ts';
import { toPlayer } from '../player/view.ts';
import { findAccount } from '../selection/scope.ts';

/** What every kind of row shows the same way. */
export interface RowHead {
  readonly account: Account;
  readonly player: Player;
  readonly providerUsername: string;
  readonly archivedAt: number;
}

/** A row's common fields as the viewer may see them. */
export function toRowHead(context: RequestContext, row: StoredRecord): RowHead {
  const { players } = context;
  const account = findAccount(context, row.account);
  // Rows are read of visible accounts alone; one without its account means that this was forgotten.
  if (account === null) throw new Error(`${row.account}: expected a row of a visible account`);
  return {
    account: toAccount(account),
    player: toPlayer(players.shown(row.account, row.providerUsername)),
    providerUsername: players.shownUsername(row.account, row.providerUsername),
    archivedAt: row.archivedAt,
  };
}
