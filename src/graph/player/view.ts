import { encodeId } from '../rows/ids.ts';
import type { Player } from './type.ts';

/** A player by the name shown to the viewer. */
export function toPlayer(username: string): Player {
  return {
    __typename: 'Player',
    id: encodeId('Player', '', username),
    username,
  };
}
