import type { RequestContext } from '../context.ts';
import { findAccount } from '../selection/scope.ts';
import { type Account, toAccount } from './type.ts';

/** The account of an id, for other subgraphs; null where there is none or the viewer may not see it. */
export function resolveAccount(context: RequestContext, _field: string, id: string): Account | null {
  const account = findAccount(context, id);
  return account === null ? null : toAccount(account);
}
