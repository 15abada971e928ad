import { ArchiveError } from '../../errors.ts';
import type { RequestContext } from '../context.ts';
import { spellProvider } from '../schema/provider-name.ts';
import { byReach, feedsOf, visibleAccounts } from '../selection/scope.ts';
import type { RangeAsk } from './ranges-asked.ts';

/** How many windows an operation may have fetched: what is held is free, and so is what several fields share. */
export async function countWindowsAsked(context: RequestContext, asks: readonly RangeAsk[]): Promise<number> {
  if (asks.length === 0 || !context.viewer.fetches) return 0;
  const reached = asks.flatMap(({ kind, axis, range, accounts, providers }) => {
    const asked = visibleAccounts(context).filter(
      ({ id, provider }) =>
        (accounts?.includes(id) ?? true) && (providers?.includes(spellProvider(provider)) ?? true),
    );
    return byReach(feedsOf(context, asked, kind), axis, range);
  });
  try {
    return await context.dispatch.countLacking(reached);
  } catch (error) {
    // Each field that needs the archive says so itself; the others are answered.
    if (error instanceof ArchiveError) return 0;
    throw error;
  }
}
