/** Who asks, and what they may see: decided once by authentication, applied everywhere in SQL. */
export interface Viewer {
  /** The key's name or the token's subject, for logs; `anonymous` where no auth is configured. */
  readonly name: string;
  readonly role: 'viewer' | 'bi' | 'support' | 'admin' | 'player';
  /** The accounts that may be seen; null for all. One that may not be seen does not exist. */
  readonly accounts: readonly string[] | null;
  /** Whether `raw` is given. */
  readonly readsRaw: boolean;
  /** Whether players are named; else they are pseudonyms everywhere. */
  readonly readsPlayers: boolean;
  /** Whether a question may make a provider be asked; else the archive alone answers, with its gaps. */
  readonly fetches: boolean;
  /** How many provider calls a minute a question may cause, of all this viewer’s together; null for no bound. */
  readonly callsPerMinute: number | null;
  /** Whether quarantine and other administration is open. */
  readonly administers: boolean;
  /** Set for a viewer who is one player and sees that player's own rows alone. */
  readonly onlyPlayer: string | null;
}

/** The viewer of a gateway without auth, which is bound to loopback alone. */
export const localViewer: Viewer = {
  name: 'anonymous',
  role: 'admin',
  accounts: null,
  readsRaw: true,
  readsPlayers: true,
  fetches: true,
  callsPerMinute: null,
  administers: true,
  onlyPlayer: null,
};

/**
 * Players as a viewer knows them. With `readsPlayers` names are the operator's; without, each is a stable
 * pseudonym, in what is shown and in what is asked alike.
 */
export interface Players {
  /** The name shown for a provider's username. */
  shown(account: string, username: string): string;
  /** The provider's username as shown. */
  shownUsername(account: string, username: string): string;
  /** The name shown for an operator's player name, as it comes out of totals. */
  shownPlayer(player: string): string;
  /** The operator's player names behind names a client sent; unknown names stand for themselves. */
  operatorNames(shown: readonly string[]): Promise<readonly string[]>;
  /**
   * A provider's text that may carry a username (eBET's seqNo does, and the key made of it) as shown: the text
   * itself, or sealed into an opaque token that is the same every time.
   */
  sealed(text: string): string;
  /** The text behind a token a client sent; what was never sealed becomes a text that no row has. */
  unsealed(token: string): string;
}
