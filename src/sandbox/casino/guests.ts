import { drawFrom } from '../../providers/seeded.ts';
import type { Game } from './games.ts';

/** A player of the demo's casino, and how it plays. */
export interface Guest {
  readonly index: number;
  /** The operator's own name for it. */
  readonly player: string;
  readonly currency: string;
  /** What its bets are about, in the currency's smallest unit. */
  readonly usualStake: number;
  /** Its usernames, by the providers it plays at. */
  readonly usernames: Readonly<Partial<Record<Game['provider'] | 'ebet', string>>>;
}

/** A currency of the casino: its amounts' decimals, and what a typical stake is in its smallest unit. */
export const currencies = {
  THB: { scale: 2, stake: 4_000, step: 500 },
  USD: { scale: 2, stake: 120, step: 25 },
  VND: { scale: 0, stake: 26_000, step: 1_000 },
  CNY: { scale: 1, stake: 200, step: 10 },
} as const;

export type CasinoCurrency = keyof typeof currencies;

const given = [
  ...['somchai', 'malee', 'anong', 'niran', 'kanya', 'prasert', 'siriporn', 'wichai', 'chai', 'ploy'],
  ...['linh', 'minh', 'hoa', 'tuan', 'mei', 'wei', 'jun', 'xiu', 'lan', 'hao'],
  ...['anna', 'peter', 'maria', 'john', 'sofia', 'david', 'elena', 'omar', 'priya', 'ravi'],
];
const family = [
  'w',
  's',
  'k',
  'tan',
  'ng',
  'le',
  'pham',
  'chen',
  'li',
  'park',
  'roy',
  'diaz',
  'berg',
  'khan',
];

/** The casino's two hundred guests: a few of them play for much more than the others. */
export const guests: readonly Guest[] = Array.from({ length: 200 }, (_, index) => guestOf(index));

function guestOf(index: number): Guest {
  const draw = drawFrom(index, 7, 7);
  const currency = currencyOf(draw.integer(100));
  const player = `${draw.pick(given)}.${draw.pick(family)}${index}`;
  // Stakes of people differ as a log-normal does: most by a little, a few by a lot.
  const spread = Array.from({ length: 6 }, () => draw.integer(1_000) / 1_000).reduce((a, b) => a + b) - 3;
  const isHighRoller = index % 40 === 7;
  const usualStake = currencies[currency].stake * Math.exp(spread * 0.9) * (isHighRoller ? 60 : 1);
  const number = String(index + 1).padStart(5, '0');
  const second = draw.once(2);
  return {
    index,
    player,
    currency,
    usualStake,
    usernames: {
      ...(currency === 'CNY' && { hotroad: `hrgpl${number}` }),
      ...(currency !== 'CNY' && { vertexplay: `lh${number}` }),
      ...((second || currency === 'USD') && { oneapi: `harbour-${number}` }),
      ...(draw.once(3) && { ebet: `lh_${player.replace('.', '_')}` }),
    },
  };
}

function currencyOf(percent: number): CasinoCurrency {
  if (percent < 52) return 'THB';
  if (percent < 66) return 'USD';
  return percent < 78 ? 'VND' : 'CNY';
}

/** The operator's names of the guests, as a file of players has them: account, username, player. */
export function playersFile(accountOf: (provider: string) => string): string {
  const lines = guests.flatMap(({ player, usernames }) =>
    Object.entries(usernames).map(([provider, username]) => `${accountOf(provider)},${username},${player}`),
  );
  return `account,username,player\n${lines.join('\n')}\n`;
}
