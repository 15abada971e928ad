import DataLoader from 'dataloader';
import type { StoredRecord, Username } from '../../archive/archive.ts';
import type { RecordKind } from '../../records/record.ts';
import type { RequestContext } from '../context.ts';
import { findAccount } from '../selection/scope.ts';
import { createPerRequest } from './per-request.ts';

export interface RowKey {
  readonly account: string;
  readonly key: string;
}

export type RowLoader<K extends RecordKind> = DataLoader<RowKey, StoredRecord<K> | null, string>;

/** What one request reads by key: everything asked for in one turn is one archive query a kind. */
export interface Loaders {
  readonly rows: { readonly [K in RecordKind]: RowLoader<K> };
  /** The versions before the one that stands, oldest first. */
  readonly versions: { readonly [K in RecordKind]: DataLoader<RowKey, readonly StoredRecord<K>[], string> };
  /** The usernames at providers behind a player's name as shown. */
  readonly usernames: DataLoader<string, readonly Username[]>;
}

/** The request's loaders. */
export const loadersOf = createPerRequest(
  (context): Loaders => ({
    rows: {
      BET: createRowLoader(context, 'BET'),
      TRANSFER: createRowLoader(context, 'TRANSFER'),
      SEQ_NO_FAILURE: createRowLoader(context, 'SEQ_NO_FAILURE'),
    },
    versions: {
      BET: createVersionLoader(context, 'BET'),
      TRANSFER: createVersionLoader(context, 'TRANSFER'),
      SEQ_NO_FAILURE: createVersionLoader(context, 'SEQ_NO_FAILURE'),
    },
    usernames: createUsernameLoader(context),
  }),
);

/** The archived row of that key; null where there is none or the viewer may not see it. */
export async function loadVisible<K extends RecordKind>(
  context: RequestContext,
  loader: RowLoader<K>,
  rowKey: RowKey,
): Promise<StoredRecord<K> | null> {
  if (findAccount(context, rowKey.account) === null) return null;
  const row = await loader.load(rowKey);
  return row !== null && isVisible(context, row) ? row : null;
}

/** Whether a viewer who is one player looks at a row of that player. */
export function isVisible({ players, viewer }: RequestContext, row: StoredRecord): boolean {
  if (viewer.onlyPlayer === null) return true;
  return players.shown(row.account, row.providerUsername) === players.shownPlayer(viewer.onlyPlayer);
}

function nameOf({ account, key }: RowKey): string {
  return JSON.stringify([account, key]);
}

function createRowLoader<K extends RecordKind>({ deps }: RequestContext, kind: K): RowLoader<K> {
  return new DataLoader(
    async (keys) => {
      const rows = await deps.archive.byKeys(kind, keys);
      const byName = new Map(rows.map((row) => [nameOf(row), row]));
      return keys.map((key) => byName.get(nameOf(key)) ?? null);
    },
    { cacheKeyFn: nameOf },
  );
}

function createVersionLoader<K extends RecordKind>(
  { deps }: RequestContext,
  kind: K,
): DataLoader<RowKey, readonly StoredRecord<K>[], string> {
  return new DataLoader(
    async (keys) => {
      const versions = await deps.archive.versions(kind, keys);
      const byName = new Map<string, StoredRecord<K>[]>();
      for (const version of versions) {
        const ofRow = byName.get(nameOf(version)) ?? [];
        byName.set(nameOf(version), ofRow);
        ofRow.push(version);
      }
      return keys.map((key) => byName.get(nameOf(key)) ?? []);
    },
    { cacheKeyFn: nameOf },
  );
}

function createUsernameLoader(context: RequestContext): Loaders['usernames'] {
  const { deps, players } = context;
  return new DataLoader(async (shown) => {
    const names = await Promise.all(shown.map((name) => players.operatorNames([name])));
    const found = await deps.archive.usernames([...new Set(names.flat())]);
    const visible = found.filter(({ account }) => findAccount(context, account) !== null);
    return names.map((own) => visible.filter(({ player }) => own.includes(player)));
  });
}
