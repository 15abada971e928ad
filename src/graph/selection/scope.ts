import { BadUserInputError, NotPermittedError } from '../../errors.ts';
import type { Covered } from '../../feeds/dispatch.ts';
import type { Account, Feed } from '../../feeds/feed.ts';
import { reachOn } from '../../records/axis.ts';
import { type Coverage, joinCoverage } from '../../records/coverage.ts';
import type { Interval } from '../../records/interval.ts';
import type { RowQuery, TimeAxis, Where, Withdrawn } from '../../records/query.ts';
import type { ProviderName, RecordKind } from '../../records/record.ts';
import type { RequestContext } from '../context.ts';
import { show } from '../rows/ids.ts';
import { spellProvider } from '../schema/provider-name.ts';
import { checkList } from './checks.ts';

/** The accounts the viewer may see, in the order of the configuration. */
export function visibleAccounts({ deps, viewer }: RequestContext): readonly Account[] {
  const { accounts } = viewer;
  return accounts === null ? deps.accounts : deps.accounts.filter(({ id }) => accounts.includes(id));
}

/** The account of that id; null where there is none, or none the viewer may see. */
export function findAccount(context: RequestContext, id: string): Account | null {
  const { accounts } = context.viewer;
  if (accounts !== null && !accounts.includes(id)) return null;
  return context.deps.accounts.find((account) => account.id === id) ?? null;
}

/** As `findAccount`, for an argument: a BadUserInputError naming `field` where there is none. */
export function checkAccount(context: RequestContext, field: string, id: string): Account {
  const account = findAccount(context, id);
  if (account === null) throw new BadUserInputError(`${field}: no account ${show(id)}`);
  return account;
}

/** Throws a NotPermittedError where the viewer may not do what admins alone do. */
export function checkAdministers({ viewer }: RequestContext, what: string): void {
  if (viewer.administers) return;
  throw new NotPermittedError(`role ${viewer.role} may not ${what}: expected role admin`);
}

export interface AccountFilter {
  readonly accounts?: readonly string[] | null;
  readonly providers?: readonly ProviderName[] | null;
}

/** The accounts asked for ∩ the providers asked for ∩ what the viewer may see. */
export function accountsAsked(context: RequestContext, filter: AccountFilter): readonly Account[] {
  const ids = checkList('accounts', filter.accounts);
  const providers = checkList('providers', filter.providers);
  for (const id of ids ?? []) checkAccount(context, 'accounts', id);
  const visible = visibleAccounts(context);
  for (const provider of providers ?? []) {
    if (visible.some((account) => account.provider === provider)) continue;
    throw new BadUserInputError(`providers: no account of provider ${spellProvider(provider)}`);
  }
  return visible.filter(
    ({ id, provider }) => (ids?.includes(id) ?? true) && (providers?.includes(provider) ?? true),
  );
}

/** The accounts' feeds, of one kind or (null) of all. */
export function feedsOf(
  { deps }: RequestContext,
  accounts: readonly Account[],
  kind: RecordKind | null,
): readonly Feed[] {
  const ids = new Set(accounts.map(({ id }) => id));
  return deps.feeds.filter((feed) => ids.has(feed.account.id) && (kind === null || feed.kind === kind));
}

/**
 * The operator's names behind the names a client sent, or null for all players. A viewer who is one player is
 * given that player alone, whatever was asked.
 */
export async function playersAsked(
  { players, viewer }: RequestContext,
  shown: readonly string[] | null,
): Promise<readonly string[] | null> {
  const { onlyPlayer } = viewer;
  if (shown === null) return onlyPlayer === null ? null : [onlyPlayer];
  const names = await players.operatorNames(shown);
  return onlyPlayer === null ? names : names.filter((name) => name === onlyPlayer);
}

/** What a list or totals ask for, once it has been found to be sound. */
export interface Selection<K extends RecordKind = RecordKind> {
  readonly feeds: readonly Feed[];
  readonly query: RowQuery & { readonly kind: K; readonly range: Interval };
}

export interface Ask<K extends RecordKind = RecordKind> extends AccountFilter {
  readonly kind: K;
  readonly range: Interval;
  readonly axis: TimeAxis;
  /** Names as the client knows them. */
  readonly players: readonly string[] | null;
  readonly where: Where | null;
  /** @default exclude */
  readonly withdrawn?: Withdrawn | null;
}

/** Narrows an ask to what the viewer may see; throws a BadUserInputError before anything is called. */
export async function select<K extends RecordKind>(
  context: RequestContext,
  { kind, range, axis, where, withdrawn, ...ask }: Ask<K>,
): Promise<Selection<K>> {
  const feeds = feedsOf(context, accountsAsked(context, ask), kind);
  const accounts = feeds.map(({ account }) => account.id);
  const players = await playersAsked(context, ask.players);
  const query = { kind, accounts, range, axis, players, where, withdrawn: withdrawn ?? 'exclude' } as const;
  return { feeds, query };
}

/**
 * Fills and covers what a selection stands on, each feed in the part of its own time where such rows can lie; `maxWaitMs`
 * null asks no provider.
 */
export async function coverSelection(
  context: RequestContext,
  { feeds, query }: Selection,
  maxWaitMs: number | null,
): Promise<Covered> {
  const parts = await Promise.all(
    byReach(feeds, query.axis, query.range).map((group) =>
      cover(context, group.feeds, group.range, maxWaitMs),
    ),
  );
  const [only, ...others] = parts;
  if (only !== undefined && others.length === 0) return only;
  const covered = parts.flatMap((part) => part.feeds);
  return { coverage: joinCoverage(covered), feeds: covered };
}

/** Feeds with the part of their own time in which rows can lie that the range selects; those of the same part together. */
export function byReach(
  feeds: readonly Feed[],
  axis: TimeAxis,
  selected: Interval,
): { readonly feeds: readonly Feed[]; readonly range: Interval }[] {
  const groups = new Map<string, { readonly feeds: Feed[]; readonly range: Interval }>();
  for (const feed of feeds) {
    const range = reachOn(feed, axis, selected);
    const name = `${range.from} ${range.to}`;
    const group = groups.get(name) ?? { feeds: [], range };
    groups.set(name, group);
    group.feeds.push(feed);
  }
  return [...groups.values()];
}

/**
 * As `dispatch.cover`; of no feed at all, nothing is missing. For a viewer who may not fetch no provider is asked, and
 * one who is a player is not told what providers said.
 */
export async function cover(
  { dispatch, viewer }: RequestContext,
  feeds: readonly Feed[],
  range: Interval,
  maxWaitMs: number | null,
): Promise<Covered> {
  if (feeds.length > 0) {
    const covered = await dispatch.cover({ feeds, range, maxWaitMs: viewer.fetches ? maxWaitMs : null });
    return viewer.onlyPlayer === null ? covered : withoutMessages(covered);
  }
  return { coverage: joinCoverage([]), feeds: [] };
}

function withoutMessages({ coverage, feeds }: Covered): Covered {
  const silent = (each: Coverage): Coverage => ({
    ...each,
    gaps: each.gaps.map((gap) => ({ ...gap, message: null })),
  });
  return {
    coverage: silent(coverage),
    feeds: feeds.map((feed) => ({ ...feed, coverage: silent(feed.coverage) })),
  };
}
