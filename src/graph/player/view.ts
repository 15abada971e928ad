import { encodeId } from '../rows/ids.ts';
import type { Player } from './type.ts';

/** A player by the name shown to the viewer. */
export function toPlayer(username: string): Player {
  return {
    __typename: 'Player',
    // Made for those who ask for it: most rows are shown with the name alone.
    get id() {
      return encodeId('Player', '', username);
    },
    username,
  };
}
