import type { Casino, CasinoBet } from '../../providers/casino.ts';
import type { Interval } from '../../records/interval.ts';
import { games } from './games.ts';
import { guests } from './guests.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** Things that happen at VertexPlay's tables before an instant, so that every view has something to show. */
export interface Story {
  /** What was played there, the story's bets among them. */
  readonly casino: Casino;
  /** From here on one bet of its last hours is void, and another has another result. */
  turn(): void;
  /** The time in which those two lie. */
  readonly turned: Interval;
}

/** The story as it went before `at`: a jackpot, a bet settled late, two rows that cannot be read, and what `turn` changes. */
export function tellStory(played: Casino, at: number): Story {
  const [hero, other] = guests.filter(({ currency }) => currency === 'THB') as [
    (typeof guests)[0],
    (typeof guests)[0],
  ];
  const [game] = games;
  const bet = (number: number, hoursAgo: number, over: Partial<CasinoBet> = {}): CasinoBet => {
    const settledAt = at - Math.round(hoursAgo * HOUR);
    return {
      id: `9${settledAt}${String(number).padStart(5, '0')}`,
      username: hero.usernames.vertexplay!,
      game: game!,
      roundId: `9${settledAt}`,
      currency: 'THB',
      scale: 2,
      stake: 20_000n,
      payout: 0n,
      jackpotWin: 0n,
      placedAt: settledAt - 4_000,
      settledAt,
      ...over,
    };
  };
  const turned = { from: at - 3 * HOUR, to: at - 3 * HOUR + 10 * MINUTE };
  const isVoid = bet(4, 2.95, { username: other.usernames.vertexplay!, stake: 150_000n, payout: 420_000n });
  const settled = bet(5, 2.9, { stake: 80_000n, payout: 0n });
  const always = [
    bet(1, 6.4, { jackpotWin: 86_250_000n }),
    bet(2, 5.2, { placedAt: at - Math.round(14.2 * HOUR), stake: 500_000n, payout: 975_000n }),
    bet(3, 30.1, { spoilt: 'amount' }),
    bet(6, 30.2, { spoilt: 'player' }),
  ];
  let hasTurned = false;
  const told = () =>
    hasTurned ? [...always, { ...settled, payout: 160_000n }] : [...always, isVoid, settled];
  return {
    casino: {
      ...played,
      bets: ({ from, to }) =>
        [
          ...played.bets({ from, to }),
          ...told().filter((each) => each.settledAt >= from && each.settledAt < to),
        ].sort((a, b) => a.settledAt - b.settledAt),
    },
    turn() {
      hasTurned = true;
    },
    turned,
  };
}
