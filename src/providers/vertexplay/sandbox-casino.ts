import { fromUnits } from '../../records/decimal.ts';
import type { CasinoBet } from '../casino.ts';
import { formatIso } from '../times.ts';

const SCALE = 6;

/** A bet as `/v2/betlogs` lists it, as compact JSON. */
export function betText(bet: CasinoBet): string {
  const amount = (units: bigint) => fromUnits(units * 10n ** BigInt(SCALE - bet.scale), SCALE);
  return JSON.stringify({
    betTime: formatIso(bet.placedAt),
    txTime: formatIso(bet.settledAt),
    currency: bet.currency,
    brand: 'VP',
    gameCode: bet.game.code,
    username: bet.spoilt === 'player' ? null : bet.username,
    roundId: `7${bet.roundId}`,
    transferId: `7${bet.id}`,
    betId: `8${bet.id}`,
    betStatus: 2,
    actualBetAmt: bet.spoilt === 'amount' ? '2OO.OO' : amount(bet.stake),
    validBetAmt: amount(bet.stake),
    winAmt: amount(bet.payout),
    jackpotWin: amount(bet.jackpotWin),
    jackpotContribute: fromUnits((bet.stake * 10n ** BigInt(SCALE - bet.scale)) / 200n, SCALE),
    betSourceId: 1,
  });
}
