import type { Commit } from '../../../src/archive/archive.ts';
import { decimal } from '../../../src/records/decimal.ts';
import type { RowQuery } from '../../../src/records/query.ts';
import type { Bet, RecordKind, SeqNoFailure, Transfer } from '../../../src/records/record.ts';

const head = { formerKey: null, versionAt: null, providerUsername: 'player1' };

/** A bet at `axisAt`; what is given goes over what a plain one has. */
export function bet(key: string, axisAt: number, over: Partial<Bet> = {}): Bet {
  const made: Bet = {
    ...head,
    key,
    axisAt,
    raw: '',
    gameCode: 'slots-7',
    gameType: null,
    betType: null,
    brand: null,
    tableId: null,
    roundId: null,
    roundStartedAt: null,
    result: null,
    odds: null,
    orderId: null,
    transferId: null,
    sourceId: null,
    currency: 'THB',
    stake: decimal('10.00'),
    validStake: null,
    payout: decimal('0'),
    netWin: decimal('-10.00'),
    refund: null,
    jackpotWin: null,
    jackpotContribution: null,
    rebate: null,
    realStake: null,
    freeStake: null,
    promotionStake: null,
    realNetWin: null,
    freeNetWin: null,
    promotionNetWin: null,
    status: 'SETTLED',
    providerStatus: '2',
    outcome: 'LOSE',
    placedAt: null,
    settledAt: axisAt,
    updatedAt: axisAt,
    ...over,
  };
  const { raw, ...mapped } = made;
  return raw === '' ? { ...made, raw: JSON.stringify(mapped) } : made;
}

export function transfer(key: string, axisAt: number, over: Partial<Transfer> = {}): Transfer {
  return {
    ...head,
    key,
    axisAt,
    raw: JSON.stringify({ transactionCode: key, amount: over.amount ?? '5' }),
    direction: 'DEPOSIT',
    currency: 'CNY',
    amount: decimal('5'),
    freeCredit: null,
    balanceBefore: decimal('0.10'),
    balanceAfter: decimal('5.10'),
    freeCreditBefore: null,
    freeCreditAfter: null,
    realCreditBefore: null,
    createdAt: axisAt,
    ...over,
  };
}

export function failure(key: string, axisAt: number, over: Partial<SeqNoFailure> = {}): SeqNoFailure {
  return {
    ...head,
    key,
    axisAt,
    raw: JSON.stringify({ seqNo: key }),
    seqNo: key,
    event: 'registerOrLogin',
    statusCode: 4037,
    statusMeaning: null,
    succeeded: false,
    requestedAt: axisAt,
    respondedAt: null,
    ...over,
  };
}

/** A read of bets; the account is the first thing a test makes its own. */
export function read(account: string, over: Partial<Commit<'BET'>> = {}): Commit<'BET'> {
  return {
    account,
    provider: 'vertexplay',
    kind: 'BET',
    interval: null,
    readAt: 1_000_000,
    rows: [],
    quarantined: [],
    ...over,
  };
}

/** Every row of these accounts. */
export function all<K extends RecordKind>(
  kind: K,
  accounts: readonly string[],
): RowQuery & { readonly kind: K } {
  return { kind, accounts, range: null, axis: 'SETTLED', players: null, where: null };
}

/** Everything at once, newest first: what a test compares with. */
export function firstPage<Q extends RowQuery>(query: Q, limit = 1_000) {
  return { ...query, limit, end: 'first', after: null, before: null } as const;
}
