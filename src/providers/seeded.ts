import type { Interval } from '../records/interval.ts';

/** Draws that a seed decides once and for all. */
export interface Draw {
  /** From 0 up to, not including, `below`. */
  integer(below: number): number;
  pick<T>(choices: readonly T[]): T;
  /** Lower-case hex digits. */
  hex(length: number): string;
  /** Decimal digits, the first of which is not zero. */
  digits(length: number): string;
  /** True once in `times`. */
  once(times: number): boolean;
}

/** Draws from a few whole numbers: the same numbers always give the same draws. */
export function drawFrom(...seed: readonly number[]): Draw {
  let state = 0x9e3779b9;
  for (const part of seed) {
    state = scramble(state ^ (part >>> 0));
    state = scramble(state ^ Math.floor(part / 0x1_0000_0000));
  }
  function next(): number {
    state = (state + 0x6d2b79f5) >>> 0;
    return scramble(state) / 0x1_0000_0000;
  }
  const integer = (below: number) => Math.floor(next() * below);
  const repeat = (length: number, digit: () => string) => Array.from({ length }, digit).join('');
  return {
    integer,
    pick: (choices) => choices[integer(choices.length)]!,
    hex: (length) => repeat(length, () => integer(16).toString(16)),
    digits: (length) => `${1 + integer(9)}${repeat(length - 1, () => String(integer(10)))}`,
    once: (times) => integer(times) === 0,
  };
}

function scramble(value: number): number {
  let mixed = value >>> 0;
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}

/** A sandbox row's place: `minute` since the epoch, and which of its rows. */
export interface RowSeed {
  readonly at: number;
  readonly minute: number;
  readonly index: number;
}

const MINUTE = 60_000;

/**
 * The rows with `from <= at < to`, oldest first, no two at one millisecond. Each minute's first row stands exactly on
 * its edge, where windows meet; `rowsPerMinute` may be a fraction, at most 60,000.
 */
export function seedsIn({ from, to }: Interval, rowsPerMinute: number): RowSeed[] {
  const seeds: RowSeed[] = [];
  for (let minute = Math.floor(from / MINUTE); minute * MINUTE < to; minute += 1) {
    for (const seed of seedsOf(minute, rowsPerMinute)) {
      if (seed.at >= from && seed.at < to) seeds.push(seed);
    }
  }
  return seeds;
}

function seedsOf(minute: number, rowsPerMinute: number): RowSeed[] {
  const length = Math.floor((minute + 1) * rowsPerMinute) - Math.floor(minute * rowsPerMinute);
  const spacing = MINUTE / length;
  const draw = drawFrom(minute);
  return Array.from({ length }, (_, index) => {
    const within = index === 0 ? 0 : draw.integer(Math.floor(spacing));
    return { at: minute * MINUTE + Math.floor(index * spacing) + within, minute, index };
  });
}
