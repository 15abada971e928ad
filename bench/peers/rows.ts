import { betAt } from '../rows.ts';

const DAY_MS = 86_400_000;
const FROM = Date.UTC(2026, 0, 1);
export const PLAYERS = 500;

/** The twelve fields that a list in a frontend asks for. */
export const TWELVE =
  'id providerBetId providerUsername gameCode gameType roundId currency stake payout netWin status settledAt';

/** A bet as a graph of that shape answers it, made beforehand: a peer's rows have nothing left to format. */
function rowAt(index: number) {
  const bet = betAt(index, 1_000_000, { from: FROM, to: FROM + 30 * DAY_MS });
  return {
    id: Buffer.from(JSON.stringify(['Bet', 'vertexplay-bench', bet.key])).toString('base64url'),
    providerBetId: bet.key,
    providerUsername: bet.providerUsername,
    gameCode: bet.gameCode,
    gameType: bet.gameType,
    roundId: bet.roundId,
    currency: bet.currency,
    stake: bet.stake,
    payout: bet.payout,
    netWin: bet.netWin,
    status: bet.status,
    settledAt: new Date(bet.settledAt ?? 0).toISOString(),
  };
}

export type PeerRow = ReturnType<typeof rowAt>;

/** The newest thousand, newest first. */
export const newest: readonly PeerRow[] = Array.from({ length: 1_000 }, (_, index) => rowAt(999_999 - index));

/** Ten bets of each of 500 players. */
export const ofPlayers: ReadonlyMap<string, readonly PeerRow[]> = new Map(
  Array.from({ length: PLAYERS }, (_, player) => [
    `player${player}`,
    Array.from({ length: 10 }, (_, index) => ({
      ...rowAt(player * 10 + index),
      providerUsername: `player${player}`,
    })),
  ]),
);
