import { BadUserInputError } from '../../errors.ts';
import { decodeIdOf } from '../rows/ids.ts';
import { checkText } from '../selection/checks.ts';
import type { Player } from './type.ts';
import { toPlayer } from './view.ts';

export interface PlayerReference {
  readonly id?: string | null;
  readonly username?: string | null;
}

/** The player of an id or a name as shown: there is one for every name, though its lists may be empty. */
export function resolvePlayer({ id, username }: PlayerReference): Player {
  if (id !== undefined && id !== null) return toPlayer(decodeIdOf('Player', 'id', id).key);
  if (username !== undefined && username !== null) return toPlayer(checkText('username', username));
  throw new BadUserInputError('Player: expected a representation with id or username, got neither');
}
