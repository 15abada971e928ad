import { fromUnits } from '../../records/decimal.ts';
import type { Interval } from '../../records/interval.ts';
import { drawFrom, type RowSeed, seedsIn } from '../seeded.ts';
import { formatIso } from '../times.ts';

const SCALE = 6;
const WINS = [0n, 0n, 0n, 36n, 150n, 720n];

/** The rows whose txTime lies in `[from, to)`, as compact JSON; of one source, or of all for `0`. */
export function rowsIn(interval: Interval, rowsPerMinute: number, source: string | null = '0'): string[] {
  const rows = seedsIn(interval, rowsPerMinute).map(rowOf);
  return rows
    .filter((row) => source === '0' || source === String(row.betSourceId))
    .map((row) => JSON.stringify(row));
}

function rowOf({ at, minute, index }: RowSeed) {
  const draw = drawFrom(minute, index, 1);
  const stake = BigInt(1 + draw.integer(200)) * 500_000n;
  const amount = (units: bigint) => fromUnits(units, SCALE);
  // Ids are beyond 2^53, as in the document; `at` makes them unique.
  const id = (first: number) => `${first}${at}${draw.digits(5)}`;
  const transferId = id(7);
  return {
    betTime: formatIso(at - draw.integer(5_000)),
    txTime: formatIso(at),
    currency: draw.pick(['THB', 'THB', 'USD', 'VND']),
    brand: 'VP',
    gameCode: `VP_2300${draw.pick(['01', '02', '07', '11'])}_1`,
    username: `apitest${String(1 + draw.integer(20)).padStart(3, '0')}`,
    roundId: transferId,
    transferId,
    // Newer documents add betId; rows of older games go without.
    ...(draw.once(4) ? {} : { betId: id(8) }),
    betStatus: draw.once(60) ? 1 : 2,
    actualBetAmt: amount(stake),
    validBetAmt: amount(stake),
    winAmt: amount((stake * draw.pick(WINS)) / 100n),
    jackpotWin: amount(draw.once(50) ? 12_345_678n : 0n),
    jackpotContribute: amount(stake / 200n),
    betSourceId: 1 + draw.integer(2),
  };
}
