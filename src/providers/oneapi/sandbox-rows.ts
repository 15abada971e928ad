import { fromUnits } from '../../records/decimal.ts';
import type { Interval } from '../../records/interval.ts';
import { type Draw, drawFrom, type RowSeed, seedsIn } from '../seeded.ts';

const SECOND = 1_000;
/** A bet is created at most so long before it settles. */
const LONGEST_PLAY = 120 * SECOND;

const players = [
  ...Array.from({ length: 6 }, (_, index) => `apitest00${index + 1}`),
  'c180f4c5f1be830',
  'c180f4c5f1be831',
];
/** Each currency with the decimals its amounts have; the document allows up to 8. */
const currencies = [
  ['USD', 2],
  ['USD', 2],
  ['THB', 2],
  ['IDR', 0],
  ['KWD', 3],
  ['USDT', 8],
] as const;
const games = [
  ['1001', 'SLOT'],
  ['1002', 'BINGO'],
  ['1003', 'SLOT'],
  ['2001', 'CRASH'],
] as const;
/** Wins in hundredths of the bet. */
const wins = [0n, 0n, 0n, 50n, 100n, 195n, 1_000n];

/** The seeds of bets with `from <= timestamp < to`, oldest first. */
export function seedsOfBets(interval: Interval, rowsPerMinute: number): readonly RowSeed[] {
  return seedsIn(interval, rowsPerMinute);
}

/** One settled bet, in the document's shape, amounts as JSON numbers; its seed decides everything about it. */
export function betText(seed: RowSeed): string {
  const draw = drawFrom(seed.minute, seed.index, 3);
  const betId = betIdOf(seed, draw);
  const [currency, scale] = draw.pick(currencies);
  const [gameCode, category] = draw.pick(games);
  const stake = stakeOf(draw, scale);
  const refund = draw.once(20) ? stake : 0n;
  const win = refund > 0n ? 0n : (stake * draw.pick(wins)) / 100n;
  const status = draw.once(40) ? 2 : 1;
  const amount = (units: bigint) => amountText(units, scale);
  return (
    `{"betId":"${betId}","playerId":"${draw.pick(players)}","orderId":"${betId}","gameCode":${gameCode},` +
    `"category":"${category}","currency":"${currency}","bet":${amount(stake)},"win":${amount(win)},` +
    `"effectiveTurnover":${amount(stake - refund)},"refundAmount":${amount(refund)},"status":${status},` +
    `"timestamp":${seed.at}}`
  );
}

/** The bet of this id that settled in `[from, to)`, or null: an id begins with the second it was created in. */
export function findBet(betId: string, { from, to }: Interval, rowsPerMinute: number): string | null {
  const createdAt = Number.parseInt(betId.slice(0, 8), 16) * SECOND;
  const settled = { from: Math.max(from, createdAt), to: Math.min(to, createdAt + LONGEST_PLAY + SECOND) };
  const seeds = seedsOfBets(settled, rowsPerMinute);
  return seeds.map(betText).find((text) => text.startsWith(`{"betId":"${betId}"`)) ?? null;
}

/** 24 hex digits: the second of creation, then what makes it unique. */
function betIdOf({ at, index }: RowSeed, draw: Draw): string {
  const createdAt = Math.floor((at - draw.integer(LONGEST_PLAY)) / SECOND);
  return `${createdAt.toString(16)}${draw.hex(11)}${index.toString(16).padStart(5, '0')}`;
}

function stakeOf(draw: Draw, scale: number): bigint {
  const unit = 10n ** BigInt(scale);
  if (draw.once(100)) return BigInt(draw.digits(15 + scale));
  if (scale === 8 && draw.once(4)) return BigInt(1 + draw.integer(99));
  return BigInt(1 + draw.integer(500)) * (unit / (scale >= 2 ? 4n : 1n));
}

/** Trailing zeros left out, as JSON serialisers do; tiny amounts with an exponent. */
function amountText(units: bigint, scale: number): string {
  if (units > 0n && units < 100n && scale === 8) return `${units}e-8`;
  const text = fromUnits(units, scale);
  return text.includes('.') ? text.replace(/\.?0+$/, '') : text;
}
