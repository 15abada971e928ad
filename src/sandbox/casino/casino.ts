import type { Casino, CasinoBet, CasinoCallback } from '../../providers/casino.ts';
import { drawFrom } from '../../providers/seeded.ts';
import type { Interval } from '../../records/interval.ts';
import { BEYOND, type CasinoDay, DAY, dayOf, playDay } from './day.ts';
import type { Game } from './games.ts';
import { guests } from './guests.ts';

// A fill asks for the same days again and again, window by window.
const MOST_DAYS = 8;
const CALLBACKS_A_DAY = 24;

/** The demo's casino, "Lucky Harbour": each provider's side of it, by the provider's name. */
export function createCasino(): Readonly<Record<string, Casino>> {
  return {
    vertexplay: playedAt('vertexplay'),
    hotroad: playedAt('hotroad'),
    oneapi: playedAt('oneapi'),
    ebet: { bets: () => [], transfers: () => [], callbacks },
  };
}

function playedAt(provider: Game['provider']): Casino {
  const known = new Map<number, CasinoDay>();
  function day(number: number): CasinoDay {
    const found = known.get(number) ?? playDay(provider, number);
    known.delete(number);
    known.set(number, found);
    for (const oldest of known.keys()) {
      if (known.size <= MOST_DAYS) break;
      known.delete(oldest);
    }
    return found;
  }
  const days = ({ from, to }: Interval) => {
    const first = dayOf(from - BEYOND);
    return Array.from({ length: Math.max(0, dayOf(to + BEYOND) - first + 1) }, (_, index) =>
      day(first + index),
    );
  };
  const settled = ({ settledAt }: CasinoBet) => settledAt;
  return {
    bets: (interval) =>
      within(
        days(interval).flatMap(({ bets }) => bets),
        settled,
        interval,
      ),
    transfers: (interval) =>
      within(
        days(interval).flatMap(({ transfers }) => transfers),
        ({ at }) => at,
        interval,
      ),
    callbacks: () => [],
  };
}

function within<T>(all: readonly T[], timeOf: (each: T) => number, { from, to }: Interval): T[] {
  return all
    .filter((each) => timeOf(each) >= from && timeOf(each) < to)
    .sort((a, b) => timeOf(a) - timeOf(b));
}

const callers = guests.flatMap(({ usernames }) => (usernames.ebet === undefined ? [] : [usernames.ebet]));
const failures = [500, 500, 4025, 505, 401];

/** Failed callbacks of the wallet, most of which succeed when they are sent again. */
function callbacks(interval: Interval): CasinoCallback[] {
  const first = Math.floor(interval.from / DAY) - 1;
  const count = Math.max(0, Math.floor(interval.to / DAY) - first + 1);
  const all = Array.from({ length: count }, (_, index) => callbacksOf(first + index)).flat();
  return within(all, ({ at }) => at, interval);
}

function callbacksOf(day: number): CasinoCallback[] {
  const draw = drawFrom(day, 17);
  return Array.from({ length: CALLBACKS_A_DAY }, (_, nth) => {
    const spacing = DAY / CALLBACKS_A_DAY;
    const at = day * DAY + nth * spacing + draw.integer(spacing);
    const failed = {
      seqNo: draw.hex(32),
      username: draw.pick(callers),
      event: draw.pick(['increaseCredit', 'increaseCredit', 'syncCredit', 'refundSingleWallet']),
      status: draw.pick(failures),
      at,
      answeredAt: draw.once(8) ? null : at + 80 + draw.integer(9_000),
    };
    if (draw.once(5)) return [failed];
    const again = at + 30_000 + draw.integer(30_000);
    return [failed, { ...failed, status: 200, at: again, answeredAt: again + 60 + draw.integer(400) }];
  }).flat();
}
