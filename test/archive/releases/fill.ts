import type { KeptArchive } from '../../../src/archive/admin.ts';
import type { Commit } from '../../../src/archive/archive.ts';
import { decimal } from '../../../src/records/decimal.ts';
import type { PlayerOf } from '../../../src/records/player.ts';
import type { Bet, ProviderName, RecordKind } from '../../../src/records/record.ts';
import { bet, failure, read, transfer } from '../conformance/sample.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
/** The first instant that rows lie at, 23 hours before midnight. */
export const START = Date.UTC(2026, 9, 31, 1);
const at = (minutes: number, ms = 0) => START + minutes * MINUTE + ms;
const hour = (index: number, hours = 1) => ({
  from: START + index * HOUR,
  to: START + (index + hours) * HOUR,
});

/** What the operator called the players. */
export const releasePlayerOf: PlayerOf = (account, username) =>
  account === 'hrg-main' ? username.replace(/^hrgpl/, '') : username;

/** The clock of archiving: a second later at each look, after those already taken. */
export function createReleaseClock(taken = 0): () => number {
  let looks = taken;
  return () => Date.UTC(2026, 10, 2) + 1_000 * looks++;
}

// Quotes, line ends of all sorts, escapes, a formula, right to left, beyond the basic plane, combining, and much.
const ODD =
  'a "quote", a \\ and a \\t tab\t, \r\n, \u2028, =1+1, שלום, 漢字, 👩‍👩‍👧, e\u0301, \u0001, \u007f';
const LONG = Array.from({ length: 700 }, (_, index) => `${index}·`).join('');
const LARGEST = decimal('99999999999999999999.999999999999999999');
const SMALLEST = decimal('-0.000000000000000001');

const full: Partial<Bet> = {
  providerUsername: 'ann',
  versionAt: at(61),
  gameCode: 'roulette',
  gameType: 'LIVE',
  betType: 'straight',
  brand: 'brand-1',
  tableId: 'table-9',
  roundId: 'round-77',
  roundStartedAt: at(60),
  result: ['7', null, ODD],
  odds: decimal('-1.000'),
  orderId: 'order-1',
  transferId: 'transfer-1',
  sourceId: 'source-1',
  currency: 'USD',
  stake: LARGEST,
  validStake: decimal('0.360000'),
  payout: decimal('0'),
  netWin: decimal('-99999999999999999999.999999999999999999'),
  refund: decimal('0.0'),
  jackpotWin: SMALLEST,
  jackpotContribution: decimal('0.010'),
  rebate: decimal('12345678901234567890'),
  realStake: decimal('1.5'),
  freeStake: decimal('2.25'),
  promotionStake: decimal('3.125'),
  realNetWin: decimal('-1.5'),
  freeNetWin: decimal('-2.25'),
  promotionNetWin: decimal('-3.125'),
  status: 'REFUNDED',
  providerStatus: 'a "status"',
  outcome: 'PUSH',
  placedAt: at(59, 7),
  settledAt: at(61, 999),
};

const many = (from: number, count: number): Bet[] =>
  Array.from({ length: count }, (_, index) => {
    const amount = decimal(`${index + 1}.${'05'.repeat(index % 4)}5`);
    return bet(`plain-${String(from + index).padStart(3, '0')}`, at(13 * (from + index), index), {
      versionAt: at(13 * (from + index)),
      providerUsername: index % 3 === 0 ? 'ann' : `player ${index % 5}`,
      gameType: index % 4 === 0 ? null : 'SLOT',
      currency: index % 5 === 0 ? 'USD' : 'THB',
      placedAt: index % 2 === 0 ? at(13 * (from + index) - 90) : null,
      stake: amount,
      netWin: decimal(`-${amount}`),
    });
  });

function of<K extends RecordKind>(
  account: string,
  provider: ProviderName,
  kind: K,
  over: Partial<Commit<K>>,
): Commit<K> {
  return { account, provider, kind, interval: null, readAt: at(2_000), rows: [], quarantined: [], ...over };
}

const unread = [
  { reason: 'stake: expected at most 18 decimals', raw: `{"betId":"q-1","note":${JSON.stringify(ODD)}}` },
  { reason: 'betId: expected text', raw: '{"betId":null}' },
];

/** Rows of every kind and account, a day's ledger, what was set aside, and replaced keys. */
export async function fillFirst(archive: KeptArchive): Promise<void> {
  const plain = many(0, 24);
  await archive.commit(read('vp-main', { interval: hour(0, 6), readAt: at(1_500), rows: plain }));
  await archive.commit(
    read('vp-main', {
      interval: hour(6, 2),
      readAt: at(1_501),
      rows: [
        bet('full', at(400), { ...full, raw: `{"betId":"full","odd":${JSON.stringify(ODD)}}` }),
        bet('long', at(401), { raw: JSON.stringify({ betId: 'long', text: LONG }), roundId: ODD }),
        bet(ODD.slice(0, 40), at(402), { providerUsername: ODD, stake: decimal('0.1') }),
        bet('first-of-two', at(403), { versionAt: at(403), stake: decimal('1'), netWin: decimal('-1') }),
        bet('transfer-5', at(404), { transferId: 'transfer-5', stake: decimal('5.50') }),
        bet('moves', at(405), { versionAt: at(405), settledAt: at(405) }),
        bet('goes', at(406), {}),
        bet('comes-back', at(407), {}),
      ],
    }),
  );
  await archive.commit(
    read('vp-two', { interval: hour(0, 3), readAt: at(1_502), rows: many(0, 4), quarantined: unread }),
  );
  await archive.commit(
    read('vp-two', { interval: hour(3), readAt: at(1_503), quarantined: unread.slice(0, 1) }),
  );
  await archive.commit(
    of('hrg-main', 'hotroad', 'BET', {
      interval: hour(0, 24),
      rows: [
        bet('tx-1', at(5), { providerUsername: 'hrgplann', currency: 'CNY', gameType: 'TABLE' }),
        bet('tx-2', at(5), { providerUsername: 'hrgplbob', currency: 'CNY', outcome: 'WIN' }),
      ],
    }),
  );
  await archive.commit(
    of('hrg-main', 'hotroad', 'TRANSFER', {
      interval: hour(0, 24),
      rows: [
        transfer('T-1', at(3), { providerUsername: 'hrgplann', amount: LARGEST }),
        transfer('T-2', at(4), {
          providerUsername: 'hrgplbob',
          direction: 'WITHDRAWAL',
          amount: decimal('-0.000000000000000001'),
          freeCredit: decimal('1.10'),
          freeCreditBefore: decimal('2.20'),
          freeCreditAfter: decimal('3.30'),
          realCreditBefore: decimal('4.40'),
        }),
        transfer('T-3', at(5), { versionAt: at(5), balanceBefore: null, balanceAfter: null }),
      ],
    }),
  );
  await archive.commit(
    of('one-main', 'oneapi', 'BET', {
      interval: hour(2, 2),
      rows: [bet('652f0c1e8a1b2c3d4e5f6071', at(130), { orderId: 'o-1', refund: decimal('0.50') })],
    }),
  );
  await archive.commit(
    of('ebet-main', 'ebet', 'SEQ_NO_FAILURE', {
      interval: hour(0, 12),
      rows: [
        failure('s-1', at(1), { statusMeaning: 'no such user', respondedAt: at(1, 250) }),
        failure('s-2', at(2), { event: null, statusCode: 200, succeeded: true }),
        failure('s-3', at(3), { versionAt: at(3), event: ODD }),
      ],
    }),
  );
}

/** Later reads: versions, moves, vanished rows and returned ones, a former key, a cut ledger, the audit log. */
export async function fillSecond(archive: KeptArchive): Promise<void> {
  const again = many(0, 24).map((row, index) =>
    index % 6 === 0 ? { ...row, versionAt: at(1_600), stake: decimal('777.70'), raw: `${row.raw} ` } : row,
  );
  await archive.commit(read('vp-main', { interval: hour(0, 4), readAt: at(1_600), rows: again }));
  const second = [
    bet('full', at(400), { ...full, raw: `{"betId":"full","odd":${JSON.stringify(ODD)}}` }),
    bet('long', at(401), { raw: JSON.stringify({ betId: 'long', text: LONG }), roundId: ODD }),
    bet(ODD.slice(0, 40), at(402), { providerUsername: ODD, stake: decimal('0.1') }),
    bet('first-of-two', at(403), { versionAt: at(500), stake: decimal('2'), netWin: decimal('1') }),
    bet('bet-5', at(404), { formerKey: 'transfer-5', transferId: 'transfer-5', stake: decimal('5.50') }),
  ];
  await archive.commit(read('vp-main', { interval: hour(6, 2), readAt: at(1_601), rows: second }));
  await archive.commit(
    read('vp-main', {
      interval: hour(6, 2),
      readAt: at(1_602),
      rows: [...second, bet('comes-back', at(407), {})],
    }),
  );
  await archive.commit(
    read('vp-main', {
      interval: hour(8),
      readAt: at(1_603),
      rows: [bet('moves', at(490), { versionAt: at(490), settledAt: at(490), stake: decimal('10.005') })],
    }),
  );
  // A version that comes too late to stand, a third one, and a row by which no interval is held.
  await archive.commit(
    read('vp-main', { readAt: at(1_604), rows: [bet('first-of-two', at(403), { versionAt: at(450) })] }),
  );
  await archive.commit(
    read('vp-main', {
      readAt: at(1_605),
      rows: [
        bet('first-of-two', at(403), { versionAt: at(600), stake: decimal('3.3'), outcome: 'WIN' }),
        bet('detail', at(900, 1), { settledAt: null, placedAt: at(899), status: 'OPEN', outcome: 'UNKNOWN' }),
      ],
    }),
  );
  await archive.commit(
    of('hrg-main', 'hotroad', 'TRANSFER', {
      readAt: at(2_100),
      rows: [transfer('T-3', at(6), { versionAt: at(6), amount: decimal('5.0') })],
    }),
  );
  await archive.commit(
    of('ebet-main', 'ebet', 'SEQ_NO_FAILURE', {
      readAt: at(2_100),
      interval: hour(0),
      rows: [failure('s-3', at(3), { versionAt: at(4), event: ODD, statusCode: 201, succeeded: true })],
    }),
  );
  const waiting = await archive.quarantined(['vp-two']);
  await archive.acceptQuarantined(waiting.filter(({ raw }) => raw === '{"betId":null}').map(({ id }) => id));
}

/** Two records of the audit log: one with everything, one with as little as there can be. */
export async function noteRequests(archive: KeptArchive): Promise<void> {
  const [key, role] = ['bi "key"', 'bi'];
  await archive.writeAudit(
    [
      {
        ...{ at: at(3_000), requestId: 'r-1', key, role, accounts: ['vp-main', ODD], route: 'graphql' },
        ...{ operation: 'Bets', rows: 12, cost: 34, durationMs: 56, error: ODD },
      },
      {
        ...{ at: at(3_001, 1), requestId: 'r-2', key, role, accounts: null, route: 'export' },
        ...{ operation: null, rows: 0, cost: null, durationMs: 0, error: null },
      },
    ],
    0,
  );
}
