import { describe, expect, it } from 'vitest';
import type { CasinoBet } from '../../src/providers/casino.ts';
import { createCasino } from '../../src/sandbox/casino/casino.ts';
import { dayOf } from '../../src/sandbox/casino/day.ts';
import { games } from '../../src/sandbox/casino/games.ts';
import { currencies, guests, playersFile } from '../../src/sandbox/casino/guests.ts';
import { tellStory } from '../../src/sandbox/casino/story.ts';

const DAY = 86_400_000;
const HOUR = 3_600_000;
/** The beginning of one of the casino's days, by its own time. */
const start = Date.UTC(2026, 10, 2, 17);
const day = { from: start, to: start + DAY };
const casino = createCasino();
const of = (provider: string) => casino[provider]!;

/** What an amount is worth beside those of other currencies, roughly: in typical stakes of its own. */
const worth = (bet: CasinoBet, units: bigint) =>
  Number(units) / currencies[bet.currency as keyof typeof currencies].stake;

describe('the demo’s casino', () => {
  it('is the same whenever and in whatever pieces it is asked for', () => {
    const hours = Array.from({ length: 24 }, (_, hour) => ({
      from: day.from + hour * HOUR,
      to: day.from + (hour + 1) * HOUR,
    }));
    const other = createCasino();
    for (const provider of ['vertexplay', 'hotroad', 'oneapi']) {
      const pieces = hours.toReversed().flatMap((hour) => other[provider]!.bets(hour));
      expect(new Set(pieces.map(({ id }) => id))).toEqual(
        new Set(
          of(provider)
            .bets(day)
            .map(({ id }) => id),
        ),
      );
      expect(pieces).toHaveLength(of(provider).bets(day).length);
    }
    expect(of('ebet').callbacks(day)).toEqual(other['ebet']!.callbacks(day));
  });

  it('plays for what its games return, day by day: between 92 and 99 per cent at each provider', () => {
    for (const provider of ['vertexplay', 'hotroad', 'oneapi']) {
      for (let nth = 0; nth < 7; nth += 1) {
        const bets = of(provider).bets({ from: start + nth * DAY, to: start + (nth + 1) * DAY });
        const sum = (units: (bet: CasinoBet) => bigint) =>
          bets.reduce((total, bet) => total + worth(bet, units(bet)), 0);
        const returned = sum(({ payout }) => payout) / sum(({ stake }) => stake);
        expect(bets.length).toBeGreaterThan(500);
        expect(returned, `${provider}, day ${nth}`).toBeGreaterThan(0.92);
        expect(returned, `${provider}, day ${nth}`).toBeLessThan(0.99);
      }
    }
  });

  it('is busiest in its evening, and quiet before dawn', () => {
    const bets = of('vertexplay').bets(day);
    const between = (from: number, to: number) =>
      bets.filter(({ placedAt }) => placedAt >= start + from * HOUR && placedAt < start + to * HOUR).length;
    expect(between(19, 23)).toBeGreaterThan(5 * between(3, 7));
  });

  it('moves money as it is played for: what was brought, won and lost is what is taken away', () => {
    const players = new Set(
      of('hotroad')
        .transfers(day)
        .map(({ username }) => username),
    );
    expect(players.size).toBeGreaterThan(5);
    for (const username of players) {
      const transfers = of('hotroad')
        .transfers(day)
        .filter((each) => each.username === username);
      const bets = of('hotroad')
        .bets(day)
        .filter((each) => each.username === username);
      const events = [
        ...transfers.map(({ at, amount, before }) => ({ at, moves: amount, before })),
        ...bets.map(({ settledAt, payout, stake }) => ({
          at: settledAt,
          moves: payout - stake,
          before: null,
        })),
      ].sort((a, b) => a.at - b.at);
      let balance = 0n;
      for (const { moves, before } of events) {
        if (before !== null) expect(before).toBe(balance);
        balance += moves;
        expect(balance).toBeGreaterThanOrEqual(0n);
      }
      expect(balance).toBe(0n);
    }
  });

  it('has two hundred guests and forty games, and names all of them as the operator does', () => {
    expect(guests).toHaveLength(200);
    expect(new Set(guests.map(({ player }) => player)).size).toBe(200);
    expect(games).toHaveLength(40);
    const named = new Set(
      playersFile((provider) => provider)
        .split('\n')
        .map((line) => line.split(',')[1]),
    );
    for (const provider of ['vertexplay', 'hotroad', 'oneapi'])
      for (const { username } of of(provider).bets(day)) expect(named).toContain(username);
    for (const { username } of of('ebet').callbacks(day)) expect(named).toContain(username);
  });

  it('gives every bet, transfer and callback a key of its own', () => {
    const week = { from: start, to: start + 4 * DAY };
    for (const provider of ['vertexplay', 'hotroad', 'oneapi']) {
      const ids = of(provider)
        .bets(week)
        .map(({ id }) => id);
      expect(new Set(ids).size).toBe(ids.length);
    }
    const codes = of('hotroad')
      .transfers(week)
      .map(({ code }) => code);
    expect(new Set(codes).size).toBe(codes.length);
    expect(dayOf(start)).toBe(dayOf(start + DAY - 1));
  });
});

describe('the demo’s story', () => {
  const at = start + 20 * HOUR;
  const story = tellStory(of('vertexplay'), at);
  const before = story.casino.bets({ from: at - 48 * HOUR, to: at });
  const played = of('vertexplay').bets({ from: at - 48 * HOUR, to: at });
  const told = () => {
    const known = new Set(played.map(({ id }) => id));
    return story.casino.bets({ from: at - 48 * HOUR, to: at }).filter(({ id }) => !known.has(id));
  };

  it('has a jackpot, a bet settled nine hours late, and two rows that cannot be read, thirty hours back', () => {
    expect(before.map(({ settledAt }) => settledAt)).toEqual(
      before.map(({ settledAt }) => settledAt).toSorted((a, b) => a - b),
    );
    const all = told();
    expect(all.filter(({ jackpotWin }) => jackpotWin > 0n)).toHaveLength(1);
    expect(all.filter(({ placedAt, settledAt }) => settledAt - placedAt === 9 * HOUR)).toHaveLength(1);
    const spoilt = all.filter((bet) => bet.spoilt !== undefined);
    expect(spoilt).toHaveLength(2);
    for (const { settledAt } of spoilt) expect(settledAt).toBeLessThan(at - 30 * HOUR);
  });

  it('turns: one bet is gone, another has another result, within the time it names', () => {
    const first = new Map(told().map((bet) => [bet.id, bet]));
    story.turn();
    const second = new Map(told().map((bet) => [bet.id, bet]));
    const gone = [...first.values()].filter(({ id }) => !second.has(id));
    const other = [...second.values()].filter(({ id, payout }) => first.get(id)?.payout !== payout);
    expect([gone.length, other.length]).toEqual([1, 1]);
    for (const { settledAt } of [...gone, ...other]) {
      expect(settledAt).toBeGreaterThanOrEqual(story.turned.from);
      expect(settledAt).toBeLessThan(story.turned.to);
    }
  });
});
