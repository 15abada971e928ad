/** An access token and the instant (milliseconds since the epoch) it ends. */
export interface Token {
  readonly text: string;
  readonly issuedAt: number;
  readonly endsAt: number;
}

export interface SessionDeps {
  /** How long before its end a token is replaced; at most half its life. */
  readonly refreshSkewMs: number;
  readonly clock: () => number;
}

/** One account's token: replaced shortly before its end, by one login however many calls wait for it. */
export interface Session {
  /** Resolves when a token that is still good is at hand, got by `login` where needed; rejects with the login's error. */
  prepare(login: () => Promise<Token>): Promise<void>;
  /** Whether the last token has neither ended nor been refused; it may be about to be replaced. */
  isAlive(): boolean;
  /** The last token. */
  token(): string;
  /** A token the provider refuses is not used again; one that was replaced meanwhile changes nothing. */
  forget(refused: string): void;
}

/** A session that has not logged in yet. */
export function createSession({ refreshSkewMs, clock }: SessionDeps): Session {
  let current: Token | null = null;
  let refused: string | null = null;
  let pending: Promise<void> | null = null;

  function isGood(): boolean {
    if (current === null || !isAlive()) return false;
    const skewMs = Math.min(refreshSkewMs, (current.endsAt - current.issuedAt) / 2);
    return clock() < current.endsAt - skewMs;
  }

  function isAlive(): boolean {
    return current !== null && current.text !== refused && clock() < current.endsAt;
  }

  async function replace(login: () => Promise<Token>): Promise<void> {
    current = await login();
  }

  return {
    isAlive,
    async prepare(login) {
      if (isGood()) return;
      pending ??= replace(login).finally(() => {
        pending = null;
      });
      await pending;
    },
    token() {
      if (current === null) throw new Error('token: expected prepare() to have resolved before');
      return current.text;
    },
    forget(token) {
      if (current?.text === token) refused = token;
    },
  };
}
