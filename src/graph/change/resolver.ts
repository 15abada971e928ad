import type { StoredChange, StoredRecord } from '../../archive/archive.ts';
import type { ChangesQuery } from '../../records/change.ts';
import { type RecordKind, recordKinds } from '../../records/record.ts';
import { toAccount } from '../account/type.ts';
import { toBet } from '../bet/view.ts';
import type { RequestContext } from '../context.ts';
import { checkSize } from '../lists/page-args.ts';
import { encodeId, toShownKey } from '../rows/ids.ts';
import { Arg, Ctx, ID, Int, Query, Resolver } from '../schema/decorators.ts';
import { RecordKindEnum } from '../schema/enums.ts';
import { DateTime } from '../schema/scalars.ts';
import { checkList } from '../selection/checks.ts';
import { accountsAsked, checkAccount, playersAsked } from '../selection/scope.ts';
import { toSeqNoFailure } from '../seq-no-failure/view.ts';
import { toTransfer } from '../transfer/view.ts';
import { decodeChangeCursor, encodeChangeCursor } from './cursor.ts';
import { type Change, ChangeConnection, type Record } from './type.ts';

const DEFAULT_FIRST = 500;

export interface ChangesAsk {
  readonly kinds?: readonly RecordKind[] | null;
  readonly accounts?: readonly string[] | null;
  readonly since?: number | null;
  readonly first?: number | null;
  readonly after?: string | null;
}

@Resolver()
export class ChangeResolver {
  @Query(() => ChangeConnection, {
    nullable: true,
    description:
      'What became of the archive’s rows, oldest first, in the order in which it was archived: what came, was replaced, ' +
      'withdrawn or restored. Keep `pageInfo.endCursor` and go on from it: no change is lost or told twice, whatever the ' +
      'size of the pages. Asks no provider.',
  })
  async changes(
    @Arg('kinds', () => [RecordKindEnum], {
      nullable: true,
      description: 'Kinds of rows; all where left out.',
    })
    kinds: RecordKind[] | null,
    @Arg('accounts', () => [ID], {
      nullable: true,
      description: 'Configured accounts; all you may see where left out.',
    })
    accounts: string[] | null,
    @Arg('since', () => DateTime, {
      nullable: true,
      description: 'Changes archived then or later; from the first on where left out.',
    })
    since: number | null,
    @Arg('first', () => Int, {
      nullable: true,
      defaultValue: DEFAULT_FIRST,
      description: 'How many at most, up to 1000.',
    })
    first: number | null,
    @Arg('after', () => String, {
      nullable: true,
      description:
        'The cursor to go on from; refused where changes after it are no longer kept (archive.keepVersions).',
    })
    after: string | null,
    @Ctx() context: RequestContext,
  ): Promise<ChangeConnection> {
    const { changes, more } = await readChangesPage(context, { kinds, accounts, since, first, after });
    const nodes = changes.map((change) => toChange(context, change));
    const cursors = changes.map((change) => encodeChangeCursor(context, change));
    return {
      nodes,
      edges: nodes.map((node, index) => ({ node, cursor: cursors[index] ?? '' })),
      pageInfo: {
        hasNextPage: more,
        hasPreviousPage: after !== null && after !== undefined,
        startCursor: cursors[0] ?? null,
        // Where nothing is new, the place asked from is still the one to go on from.
        endCursor: cursors.at(-1) ?? after ?? null,
      },
    };
  }
}

/** One page of the log as the viewer may see it; throws a BadUserInputError naming what cannot be. */
export async function readChangesPage(
  context: RequestContext,
  { kinds, accounts, since, first, after }: ChangesAsk,
): Promise<{ readonly changes: readonly StoredChange[]; readonly more: boolean }> {
  const limit = checkSize('first', first ?? DEFAULT_FIRST);
  const selected = await selectChanges(context, { kinds, accounts, since, after });
  const found = await context.deps.archive.changes({ ...selected, limit: limit + 1 });
  return { changes: found.slice(0, limit), more: found.length > limit };
}

/** How many changes there are of those the viewer may see, before a time where one is given. */
export async function countChangesAsked(
  context: RequestContext,
  { before, ...ask }: Omit<ChangesAsk, 'first'> & { readonly before: number | null },
): Promise<number> {
  return context.deps.archive.countChanges({ ...(await selectChanges(context, ask)), before });
}

async function selectChanges(
  context: RequestContext,
  { kinds, accounts, since, after }: Omit<ChangesAsk, 'first'>,
): Promise<Omit<ChangesQuery, 'limit'>> {
  return {
    kinds: checkList('kinds', kinds) ?? recordKinds,
    accounts: accountsAsked(context, { accounts }).map(({ id }) => id),
    players: await playersAsked(context, null),
    since: since ?? null,
    after: after === null || after === undefined ? null : decodeChangeCursor(context, 'after', after),
  };
}

const typeOf = { BET: 'Bet', TRANSFER: 'Transfer', SEQ_NO_FAILURE: 'SeqNoFailure' } as const;

function toChange(context: RequestContext, change: StoredChange): Change {
  const { type, cause, kind, at, account, key } = change;
  const shown = (row: StoredRecord | null) => (row === null ? null : toRecord(context, kind, row));
  return {
    ...{ type, cause, kind, at },
    account: toAccount(checkAccount(context, 'account', account)),
    recordId: encodeId(typeOf[kind], account, toShownKey(context, kind, key)),
    before: shown(change.before),
    after: shown(change.after),
  };
}

function toRecord(context: RequestContext, kind: RecordKind, row: StoredRecord): Record {
  switch (kind) {
    case 'BET':
      return toBet(context, row as StoredRecord<'BET'>);
    case 'TRANSFER':
      return toTransfer(context, row as StoredRecord<'TRANSFER'>);
    case 'SEQ_NO_FAILURE':
      return toSeqNoFailure(context, row as StoredRecord<'SEQ_NO_FAILURE'>);
  }
}
