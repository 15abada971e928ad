import type { QuarantinedRow as Row } from '../../archive/admin.ts';
import { toAccount } from '../account/type.ts';
import type { RequestContext } from '../context.ts';
import { Arg, Ctx, ID, Int, Mutation, Query, Resolver } from '../schema/decorators.ts';
import { checkList } from '../selection/checks.ts';
import { accountsAsked, checkAdministers, findAccount, visibleAccounts } from '../selection/scope.ts';
import { QuarantinedRow } from './type.ts';

@Resolver()
export class QuarantineResolver {
  @Query(() => [QuarantinedRow], {
    nullable: true,
    description:
      'The rows that keep a time from being complete, oldest first. For admins; others are refused with FORBIDDEN.',
  })
  async quarantined(
    @Arg('accounts', () => [ID], {
      nullable: true,
      description: 'Configured accounts; all you may see where left out.',
    })
    accounts: string[] | null,
    @Ctx() context: RequestContext,
  ): Promise<QuarantinedRow[]> {
    checkAdministers(context, 'list or accept quarantined rows');
    const asked = accountsAsked(context, { accounts });
    const rows = await context.deps.quarantine.quarantined(asked.map(({ id }) => id));
    return rows.flatMap((row) => toRow(context, row));
  }

  @Mutation(() => Int, {
    description:
      'Takes quarantined rows as they are: they stay unread and are in no list or total, but their times no longer wait for ' +
      'them. Accept what you know to be harmless, or have entered elsewhere. Answers how many were waiting; an id that is ' +
      'not there, or not waiting, counts nothing. For admins; others are refused with FORBIDDEN.',
  })
  async acceptQuarantined(
    @Arg('ids', () => [ID], { description: 'The rows’ ids, from `quarantined`.' }) ids: string[],
    @Ctx() context: RequestContext,
  ): Promise<number> {
    checkAdministers(context, 'list or accept quarantined rows');
    const asked = new Set(checkList('ids', ids));
    const { quarantine } = context.deps;
    // Ids name no account: only those of accounts that may be seen are passed on.
    const waiting = await quarantine.quarantined(visibleAccounts(context).map(({ id }) => id));
    const known = waiting.filter(({ id }) => asked.has(id)).map(({ id }) => id);
    return known.length === 0 ? 0 : quarantine.acceptQuarantined(known);
  }
}

function toRow(context: RequestContext, row: Row): QuarantinedRow[] {
  const account = findAccount(context, row.account);
  if (account === null) return [];
  const { id, kind, interval, reason, firstSeenAt, lastSeenAt, timesSeen } = row;
  const raw = context.viewer.readsRaw ? row.raw : null;
  return [
    {
      id,
      account: toAccount(account),
      kind,
      span: interval,
      reason,
      raw,
      firstSeenAt,
      lastSeenAt,
      timesSeen,
    },
  ];
}
