import type { CasinoBet, CasinoTransfer } from '../../providers/casino.ts';
import { type Draw, drawFrom } from '../../providers/seeded.ts';
import { type Game, games } from './games.ts';
import { type CasinoCurrency, currencies, type Guest, guests } from './guests.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;
/** The casino's own time is UTC+7. */
const LOCAL = 7 * HOUR;

/** The number of the casino's day an instant lies in. */
export const dayOf = (at: number): number => Math.floor((at + LOCAL) / DAY);

/** So far from its day's ends something of it may lie. */
export const BEYOND = MINUTE;
/** So long before its day's end the last sitting ends: nobody sits at two tables of a provider. */
const CLOSING = 2 * MINUTE;

/** How busy each hour is, from midnight on: least at five, most at nine in the evening. */
const busy = [34, 24, 16, 10, 7, 6, 8, 12, 17, 22, 27, 31, 36, 36, 34, 36, 41, 48, 60, 74, 88, 94, 80, 56];
const BUSY_IN_ALL = busy.reduce((sum, each) => sum + each);

/** One player's sitting at one game. */
interface Session {
  readonly guest: Guest;
  readonly username: string;
  readonly game: Game;
  readonly from: number;
  readonly to: number;
  /** What is left of what was brought, where the provider holds the players' money; else null. */
  purse: bigint | null;
}

/** A provider's day, both lists oldest first; settled bets may lie a little after its end. */
export interface CasinoDay {
  readonly bets: readonly CasinoBet[];
  readonly transfers: readonly CasinoTransfer[];
}

/** All that is played at a provider in one of the casino's days: the same for the same day, always. */
export function playDay(provider: Game['provider'], day: number): CasinoDay {
  const sessions = sessionsOf(provider, day);
  const transfers = sessions.flatMap((session) => (session.purse === null ? [] : [deposit(session)]));
  const bank = createBank();
  const bets: CasinoBet[] = [];
  for (const { at, session } of spinsOf(sessions, provider, day)) {
    const bet = betAt(session, at, bank, { provider, number: bets.length });
    if (bet === null) continue;
    bets.push(bet);
    if (session.purse !== null) session.purse += bet.payout - bet.stake;
  }
  transfers.push(...sessions.flatMap((session) => withdrawal(session)));
  return {
    bets: bets.sort((a, b) => a.settledAt - b.settledAt),
    transfers: transfers.sort((a, b) => a.at - b.at),
  };
}

const providers: readonly Game['provider'][] = ['vertexplay', 'hotroad', 'oneapi'];

function sessionsOf(provider: Game['provider'], day: number): Session[] {
  const offered = games.filter((game) => game.provider === provider);
  return guests.flatMap((guest) => {
    const username = guest.usernames[provider];
    if (username === undefined) return [];
    const draw = drawFrom(day, guest.index, 100 + providers.indexOf(provider));
    const count = draw.integer(100) < 45 ? (draw.once(6) ? 2 : 1) : 0;
    return Array.from({ length: count }, (_, nth): Session => {
      const from = day * DAY - LOCAL + startOf(draw) + nth * 2 * HOUR;
      const minutes = 5 + Math.floor((draw.integer(86) * (15 + draw.integer(85))) / 100);
      const purse = provider === 'hotroad' ? broughtBy(guest, draw) : null;
      // Each has a favourite, and looks about now and then.
      const game = offered[(draw.once(3) ? draw.integer(offered.length) : guest.index) % offered.length]!;
      const to = Math.min(from + minutes * MINUTE, (day + 1) * DAY - LOCAL - CLOSING);
      return { guest, username, game, from, to, purse };
    });
  });
}

/** Some instant of the day, from its midnight on, so early that another sitting may follow. */
function startOf(draw: Draw): number {
  let left = draw.integer(BUSY_IN_ALL);
  const hour = busy.findIndex((each) => {
    left -= each;
    return left < 0;
  });
  return Math.min(hour, 20) * HOUR + draw.integer(HOUR);
}

function broughtBy({ usualStake }: Guest, draw: Draw): bigint {
  return BigInt(Math.max(1, Math.round((usualStake * (15 + draw.integer(40))) / 1_000))) * 1_000n;
}

function deposit({ guest, username, from, purse }: Session): CasinoTransfer {
  const at = from - 20 * SECOND;
  return { code: codeOf(at, guest), username, scale: 1, amount: purse ?? 0n, before: 0n, at };
}

function withdrawal({ guest, username, to, purse }: Session): CasinoTransfer[] {
  if (purse === null || purse === 0n) return [];
  const at = to + 40 * SECOND;
  return [{ code: codeOf(at, guest), username, scale: 1, amount: -purse, before: purse, at }];
}

const codeOf = (at: number, { index }: Guest) => `${at}${String(index).padStart(3, '0')}`;

/** When bets are placed, of all sessions, in the order of time. */
function spinsOf(sessions: readonly Session[], provider: Game['provider'], day: number) {
  const spins: { readonly at: number; readonly session: Session }[] = [];
  for (const [nth, session] of sessions.entries()) {
    const draw = drawFrom(day, nth, 200 + providers.indexOf(provider));
    const [least, most] = session.game.pace;
    const step = () => (least * SECOND + draw.integer((most - least) * SECOND)) | 0;
    for (let at = session.from + step(); at < session.to; at += step()) spins.push({ at, session });
  }
  return spins.sort((a, b) => a.at - b.at || a.session.guest.index - b.session.guest.index);
}

function betAt(
  session: Session,
  at: number,
  bank: Bank,
  { provider, number }: { readonly provider: Game['provider']; readonly number: number },
): CasinoBet | null {
  const { guest, username, game, purse } = session;
  const draw = drawFrom(at, guest.index, 300 + providers.indexOf(provider));
  const { scale, step } = currencies[guest.currency as CasinoCurrency];
  const wanted = guest.usualStake * (0.4 + draw.integer(1_200) / 1_000);
  const steps = Math.max(1, Math.round(wanted / step));
  const stake = BigInt(steps * step);
  if (purse !== null && purse < stake) return null;
  const payout = bank.pay(guest.currency, stake, game, draw);
  const jackpotWin = provider === 'vertexplay' && isJackpot(draw) ? stake * 2_000n : 0n;
  const settledAt = at + 2_000 + draw.integer(6_000);
  return {
    id: `${settledAt}${String(number).padStart(6, '0')}`,
    username,
    game,
    roundId: `${at}${String(guest.index).padStart(3, '0')}`,
    currency: guest.currency,
    scale,
    stake,
    payout,
    jackpotWin,
    placedAt: at,
    settledAt,
  };
}

/** The pool pays once in some days. */
const isJackpot = (draw: Draw) => draw.once(25_000);

interface Bank {
  /** What a bet pays: by the game's own chances, as far as the day's returns allow. */
  pay(currency: string, stake: bigint, game: Game, draw: Draw): bigint;
}

/**
 * A day of a small casino is too short for its games' returns to show by chance alone, and a sum that nobody believes
 * convinces nobody: what is owed to the players of a currency is carried along, and neither grows nor falls far.
 */
function createBank(): Bank {
  const owed = new Map<string, number>();
  const usual = new Map<string, number>();
  return {
    pay(currency, stake, { returns, pays }, draw) {
      const size = Number(stake);
      const average = (usual.get(currency) ?? size) * 0.98 + size * 0.02;
      usual.set(currency, average);
      const due = (owed.get(currency) ?? 0) + (size * returns) / 10_000;
      const most = due + Math.max(average * 8, size);
      let hundredths = drawn(pays, draw.integer(1_000_000) / 1_000_000);
      if ((size * hundredths) / 100 > most) hundredths = 0;
      // Who was kept waiting for long wins next.
      if (hundredths === 0 && due > average * 4 + size) hundredths = winBelow(pays, (due * 100) / size);
      const payout = (stake * BigInt(hundredths)) / 100n;
      owed.set(currency, due - Number(payout));
      return payout;
    },
  };
}

function drawn(pays: Game['pays'], chance: number): number {
  let left = chance;
  for (const [share, hundredths] of pays) {
    left -= share;
    if (left < 0) return hundredths;
  }
  return 0;
}

function winBelow(pays: Game['pays'], most: number): number {
  return Math.max(0, ...pays.map(([, hundredths]) => hundredths).filter((each) => each <= most));
}
