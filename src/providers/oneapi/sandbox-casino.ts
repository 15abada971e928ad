import { fromUnits } from '../../records/decimal.ts';
import type { Interval } from '../../records/interval.ts';
import type { Casino, CasinoBet } from '../casino.ts';

const SECOND = 1_000;
const ID_DIGITS = 24;

/** 24 hex digits: the second of creation, then what makes it unique. */
function betIdOf({ id, placedAt }: CasinoBet): string {
  const second = Math.floor(placedAt / SECOND).toString(16);
  return `${second}${BigInt(id)
    .toString(16)
    .padStart(ID_DIGITS - second.length, '0')}`;
}

/** A bet as the list and the detail have it. */
export function betText(bet: CasinoBet): string {
  const amount = (units: bigint) =>
    fromUnits(units, bet.scale)
      .replace(/(\.\d*?)0+$/, '$1')
      .replace(/\.$/, '');
  const betId = betIdOf(bet);
  return (
    `{"betId":"${betId}","playerId":"${bet.username}","orderId":"${betId}","gameCode":${bet.game.code},` +
    `"category":"${bet.game.type}","currency":"${bet.currency}","bet":${amount(bet.stake)},"win":${amount(bet.payout)},` +
    `"effectiveTurnover":${amount(bet.stake)},"refundAmount":0,"status":1,"timestamp":${bet.settledAt}}`
  );
}

/** The bet of this id that settled in the interval, or null. */
export function findBet(betId: string, interval: Interval, casino: Casino): string | null {
  return (
    casino
      .bets(interval)
      .filter((bet) => betIdOf(bet) === betId)
      .map(betText)[0] ?? null
  );
}
