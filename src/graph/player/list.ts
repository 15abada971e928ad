import { setImmediate } from 'node:timers/promises';
import { BadUserInputError } from '../../errors.ts';
import type { RequestContext } from '../context.ts';
import type { PageInfo } from '../lists/connection.ts';
import { checkSize, DEFAULT_PAGE_SIZE } from '../lists/page-args.ts';
import { parseBase64Json, show } from '../rows/ids.ts';
import { checkText } from '../selection/checks.ts';
import { visibleAccounts } from '../selection/scope.ts';
import type { PlayerEdge, PlayersArgs } from './connection.ts';
import type { Player } from './type.ts';
import { toPlayer } from './view.ts';

/** A page of players; `totalCount` costs nothing unless it is asked for. */
export interface PlayersPage {
  readonly nodes: readonly Player[];
  readonly edges: readonly PlayerEdge[];
  readonly pageInfo: PageInfo;
  readonly totalCount: () => Promise<number>;
}

/** Names as the viewer knows them, in the order of their bytes. */
interface Names {
  page(after: string | null, limit: number): Promise<readonly string[]>;
  count(): Promise<number>;
}

/** The players whom the viewer may see; a BadUserInputError naming the argument for what cannot be asked. */
export async function listPlayers(context: RequestContext, args: PlayersArgs): Promise<PlayersPage> {
  const limit = checkSize('first', args.first ?? DEFAULT_PAGE_SIZE);
  const after = args.after == null ? null : decodeCursor('after', args.after);
  const search = args.search ?? '';
  const names = namesSeen(context, search === '' ? '' : checkText('search', search));
  const found = await names.page(after, limit + 1);
  const shown = found.slice(0, limit);
  const edges = shown.map((name) => ({ node: toPlayer(name), cursor: encodeCursor(name) }));
  return {
    edges,
    nodes: edges.map(({ node }) => node),
    pageInfo: {
      hasNextPage: found.length > limit,
      hasPreviousPage: after !== null,
      startCursor: edges[0]?.cursor ?? null,
      endCursor: edges.at(-1)?.cursor ?? null,
    },
    totalCount: () => names.count(),
  };
}

function namesSeen(context: RequestContext, prefix: string): Names {
  const { viewer, players, deps } = context;
  if (viewer.onlyPlayer !== null) {
    const own = players.shownPlayer(viewer.onlyPlayer);
    return listOf(async () => (own.startsWith(prefix) ? [own] : []));
  }
  const accounts = visibleAccounts(context).map(({ id }) => id);
  if (!viewer.readsPlayers) return listOf(() => pseudonymsOf(context, accounts, prefix));
  const query = { accounts, prefix };
  return {
    page: (after, limit) => deps.archive.players({ ...query, after, limit }),
    count: () => deps.archive.countPlayers(query),
  };
}

/** All of them in the order of the pseudonyms, since a place among the names would reveal something of the name. */
async function pseudonymsOf(
  { players, deps }: RequestContext,
  accounts: readonly string[],
  prefix: string,
): Promise<readonly string[]> {
  const names = await deps.archive.players({ accounts, prefix: '', after: null, limit: null });
  const shown: string[] = [];
  for (const [index, name] of names.entries()) {
    const pseudonym = players.shownPlayer(name);
    if (pseudonym.startsWith(prefix)) shown.push(pseudonym);
    // Hashing a few hundred thousand names takes a while; requests have their turn in between.
    if (index % 2_000 === 1_999) await setImmediate();
  }
  // Pseudonyms are ASCII, whose order as text is that of their bytes.
  return shown.sort();
}

/** A list that is made whole, once. */
function listOf(make: () => Promise<readonly string[]>): Names {
  let made: Promise<readonly string[]> | null = null;
  const all = () => {
    made ??= make();
    return made;
  };
  return {
    async page(after, limit) {
      const names = await all();
      const rest = after === null ? names : names.filter((name) => byBytes(name, after) > 0);
      return rest.slice(0, limit);
    },
    count: async () => (await all()).length,
  };
}

function byBytes(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}

/** An opaque cursor: base64url of the JSON `["PLAYER", name]`, the name as it is shown. */
function encodeCursor(name: string): string {
  return Buffer.from(JSON.stringify(['PLAYER', name])).toString('base64url');
}

function decodeCursor(field: string, cursor: string): string {
  const decoded = parseBase64Json(cursor);
  const name: unknown = Array.isArray(decoded) ? decoded[1] : undefined;
  if (typeof name === 'string' && encodeCursor(name) === cursor) return name;
  throw new BadUserInputError(`${field}: expected a cursor of this list, got ${show(cursor)}`);
}
