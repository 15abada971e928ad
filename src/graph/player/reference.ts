import type { RequestContext } from '../context.ts';
import { decodeIdOf } from '../rows/ids.ts';
import { checkText } from '../selection/checks.ts';
import type { Player } from './type.ts';
import { toPlayer } from './view.ts';

/**
 * The player of a name as shown: there is one for every name, though its lists may be empty. Null for a viewer
 * who is another player.
 */
export function resolvePlayerNamed(
  { players, viewer }: RequestContext,
  field: string,
  name: string,
): Player | null {
  checkText(field, name);
  const isHidden = viewer.onlyPlayer !== null && name !== players.shownPlayer(viewer.onlyPlayer);
  return isHidden ? null : toPlayer(name);
}

/** As `resolvePlayerNamed`, by the player's id. */
export function resolvePlayer(context: RequestContext, field: string, id: string): Player | null {
  return resolvePlayerNamed(context, field, decodeIdOf('Player', field, id).key);
}
