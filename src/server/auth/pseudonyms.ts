import { createHmac, hkdfSync } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import type { Archive } from '../../archive/archive.ts';
import type { Players, Viewer } from '../../graph/viewer.ts';
import type { PlayerOf } from '../../records/player.ts';
import { createSeal } from './seal.ts';

/** Put before a name or key that a client sent and no player has: no provider's text contains this control character. */
const unknownMark = '\u001f';

export interface PlayersDeps {
  readonly playerOf: PlayerOf;
  readonly archive: Pick<Archive, 'usernames'>;
  /** Whoever knows it can compute the pseudonym of a name: see `pseudonymSecret`. */
  readonly secret: string;
  readonly clock: () => number;
  /** Least time between two readings of the archive's usernames. @default 5000 */
  readonly refreshMs?: number;
  /** Pseudonyms kept in memory; older ones are computed again. @default 500000 */
  readonly cacheSize?: number;
}

/**
 * What keys the pseudonyms: `auth.pseudonymKey`, else made of the accounts' credentials, which no reader of the
 * graph has and which outlive every key. Changing either changes every pseudonym.
 */
export function pseudonymSecret(configured: string | undefined, credentials: readonly string[]): string {
  return configured ?? JSON.stringify([...credentials].sort());
}

/** Players as each viewer knows them: by name, or by pseudonym. One for the process, so that pseudonyms are kept. */
export function createPlayers(deps: PlayersDeps): (viewer: Viewer) => Players {
  const named = createNamed(deps.playerOf);
  const pseudonymous = createPseudonymous(deps);
  return (viewer) => (viewer.readsPlayers ? named : pseudonymous);
}

function createNamed(playerOf: PlayerOf): Players {
  return {
    shown: playerOf,
    shownUsername: (_account, username) => username,
    shownPlayer: (player) => player,
    operatorNames: async (shown) => shown,
    sealed: (text) => text,
    unsealed: (token) => token,
  };
}

function createPseudonymous(deps: PlayersDeps): Players {
  const { playerOf, archive, secret, clock, refreshMs = 5_000, cacheSize = 500_000 } = deps;
  const keyFor = (use: string) => Buffer.from(hkdfSync('sha256', secret, 'countroom', use, 32));
  const seal = createSeal(keyFor('seal'), keyFor('seal iv'));
  const ofPlayer = createHashes('p', keyFor('player'), cacheSize);
  const ofUsername = createHashes('u', keyFor('username'), cacheSize);
  let players: ReadonlyMap<string, string> = new Map();
  let readAt = Number.NEGATIVE_INFINITY;
  let reading: Promise<void> | null = null;

  const shownPlayer = (player: string) =>
    player.startsWith(unknownMark) ? player.slice(unknownMark.length) : ofPlayer(player);

  async function readPlayers(): Promise<void> {
    const startedAt = clock();
    const seen = await archive.usernames(null);
    const found = new Map<string, string>();
    for (const [index, { player }] of seen.entries()) {
      found.set(ofPlayer(player), player);
      // Hashing a few hundred thousand names takes a while; requests have their turn in between.
      if (index % 2_000 === 1_999) await setImmediate();
    }
    players = found;
    readAt = startedAt;
  }

  return {
    shown: (account, username) => shownPlayer(playerOf(account, username)),
    shownUsername: (account, username) => ofUsername(`${account}\0${username}`),
    shownPlayer,
    async operatorNames(shown) {
      // A player may be newer than the last reading; names that no player has must not cause a reading each.
      if (shown.some((name) => !players.has(name)) && clock() - readAt >= refreshMs) {
        reading ??= readPlayers().finally(() => {
          reading = null;
        });
        await reading;
      }
      return shown.map((name) => players.get(name) ?? unknownMark + name);
    },
    sealed: (text) => (text.startsWith(unknownMark) ? text.slice(unknownMark.length) : seal.seal(text)),
    unsealed: (token) => seal.open(token) ?? unknownMark + token,
  };
}

/** Keyed hashes of 128 bits, `p_…`; the last few are kept, since pages name the same players again and again. */
function createHashes(prefix: string, key: Buffer, cacheSize: number): (text: string) => string {
  const kept = new Map<string, string>();
  return (text) => {
    const known = kept.get(text);
    if (known !== undefined) return known;
    const digest = createHmac('sha256', key).update(text, 'utf8').digest();
    const hash = `${prefix}_${digest.subarray(0, 16).toString('base64url')}`;
    if (kept.size >= cacheSize) kept.clear();
    kept.set(text, hash);
    return hash;
  };
}
