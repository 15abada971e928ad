import type { Archive } from '../src/archive/archive.ts';
import { createRecordOf } from '../src/providers/sent-fields.ts';
import { fromUnits } from '../src/records/decimal.ts';
import type { Interval } from '../src/records/interval.ts';
import type { Bet } from '../src/records/record.ts';

// Made as a mapping makes them, so that rows weigh here what they weigh there.
const betOf = createRecordOf('BET', [
  'gameCode',
  'gameType',
  'brand',
  'roundId',
  'transferId',
  'sourceId',
  'validStake',
  'jackpotWin',
  'jackpotContribution',
  'placedAt',
  'settledAt',
]);

const CURRENCIES = ['USD', 'THB', 'EUR', 'CNY'] as const;

/** The `index`th of a series of bets spread evenly over `range`; the same every time. */
export function betAt(index: number, of: number, range: Interval): Bet {
  const at = range.from + Math.floor(((range.to - range.from) * index) / of);
  const stake = fromUnits(BigInt(500_000 + ((index * 7_919) % 10_000_000)), 6);
  const payout = fromUnits(BigInt((index * 104_729) % 11_000_000), 6);
  const netWin = fromUnits(
    BigInt((index * 104_729) % 11_000_000) - BigInt(500_000 + ((index * 7_919) % 10_000_000)),
    6,
  );
  const key = `${7_652_711_103_511_700_000n + BigInt(index)}`;
  return betOf({
    key,
    formerKey: null,
    providerUsername: `player${(index * 31) % 20_000}`,
    axisAt: at,
    versionAt: at,
    raw: `{"betId":"${key}","txTime":"${new Date(at).toISOString()}","actualBetAmt":"${stake}","winAmt":"${payout}"}`,
    gameCode: `VP_${index % 400}`,
    gameType: ['SLOT', 'LIVE', 'BINGO'][index % 3] ?? null,
    brand: 'VP',
    roundId: `${index}`,
    transferId: key,
    sourceId: '1',
    currency: CURRENCIES[index % CURRENCIES.length] ?? 'USD',
    stake,
    validStake: stake,
    payout,
    netWin,
    jackpotWin: fromUnits(0n, 6),
    jackpotContribution: fromUnits(0n, 6),
    status: 'SETTLED',
    providerStatus: '2',
    outcome: netWin.startsWith('-') ? 'LOSE' : 'WIN',
    placedAt: at - 2_000,
    settledAt: at,
    updatedAt: at,
  });
}

/** Commits `count` bets of one account over `range`, which is held and final afterwards. */
export async function fillArchive(
  archive: Archive,
  account: string,
  count: number,
  range: Interval,
): Promise<void> {
  const batch = 20_000;
  const cut = (index: number) => range.from + Math.floor(((range.to - range.from) * index) / count);
  for (let first = 0; first < count; first += batch) {
    const end = Math.min(count, first + batch);
    await archive.commit({
      account,
      provider: 'vertexplay',
      kind: 'BET',
      interval: { from: cut(first), to: end === count ? range.to : cut(end) },
      readAt: range.to + 30 * 86_400_000,
      rows: Array.from({ length: end - first }, (_, offset) => betAt(first + offset, count, range)),
      quarantined: [],
    });
  }
}
