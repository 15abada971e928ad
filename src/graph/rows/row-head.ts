import type { StoredRecord } from '../../archive/archive.ts';
import { type Account, toAccount } from '../account/type.ts';
import type { RequestContext } from '../context.ts';
import type { Player } from '../player/type.ts';
import { findAccount } from '../selection/scope.ts';

/** What every kind of row shows the same way, as the viewer may see it. */
export interface RowHead {
  readonly account: Account;
  readonly player: Player;
  readonly providerUsername: string;
  readonly archivedAt: number;
}

/** The account of a row, which the viewer may see: rows are read of visible accounts alone. */
export function accountOf(context: RequestContext, { account: id }: StoredRecord): Account {
  const account = findAccount(context, id);
  // That there is none means that the rows were read without looking at who asks.
  if (account === null) throw new Error(`${id}: expected a row of a visible account`);
  return toAccount(account);
}
