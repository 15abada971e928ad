import type { Commit, CommitResult } from '../../../src/archive/archive.ts';
import { decimal } from '../../../src/records/decimal.ts';
import type { Interval } from '../../../src/records/interval.ts';
import type { RowQuery } from '../../../src/records/query.ts';
import type { Bet, RecordKind, SeqNoFailure, Transfer } from '../../../src/records/record.ts';
import { blank } from '../../records/blank.ts';

const head = { formerKey: null, versionAt: null, providerUsername: 'player1' };

/** A bet at `axisAt`; what is given goes over what a plain one has. */
export function bet(key: string, axisAt: number, over: Partial<Bet> = {}): Bet {
  const made: Bet = {
    ...blank('BET'),
    ...head,
    key,
    axisAt,
    raw: '',
    gameCode: 'slots-7',
    currency: 'THB',
    stake: decimal('10.00'),
    payout: decimal('0'),
    netWin: decimal('-10.00'),
    status: 'SETTLED',
    providerStatus: '2',
    outcome: 'LOSE',
    settledAt: axisAt,
    updatedAt: axisAt,
    ...over,
  };
  const { raw, ...mapped } = made;
  return raw === '' ? { ...made, raw: JSON.stringify(mapped) } : made;
}

export function transfer(key: string, axisAt: number, over: Partial<Transfer> = {}): Transfer {
  return {
    ...blank('TRANSFER'),
    ...head,
    key,
    axisAt,
    raw: JSON.stringify({ transactionCode: key, amount: over.amount ?? '5' }),
    direction: 'DEPOSIT',
    currency: 'CNY',
    amount: decimal('5'),
    balanceBefore: decimal('0.10'),
    balanceAfter: decimal('5.10'),
    createdAt: axisAt,
    ...over,
  };
}

export function failure(key: string, axisAt: number, over: Partial<SeqNoFailure> = {}): SeqNoFailure {
  return {
    ...blank('SEQ_NO_FAILURE'),
    ...head,
    key,
    axisAt,
    raw: JSON.stringify({ seqNo: key }),
    seqNo: key,
    event: 'registerOrLogin',
    statusCode: 4037,
    succeeded: false,
    requestedAt: axisAt,
    ...over,
  };
}

/** What a commit answers that changed nothing. */
export const unchanged: CommitResult = {
  inserted: 0,
  changed: 0,
  moved: 0,
  late: 0,
  duplicates: 0,
  vanished: 0,
  contradicted: 0,
  withdrawn: 0,
  restored: 0,
};

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

/** Every row of these accounts, or those within a range. */
export function all<K extends RecordKind>(
  kind: K,
  accounts: readonly string[],
  range: Interval | null = null,
): RowQuery & { readonly kind: K } {
  return { kind, accounts, range, axis: 'SETTLED', players: null, where: null };
}

/** Everything at once, newest first: what a test compares with. */
export function firstPage<Q extends RowQuery>(query: Q, limit = 1_000) {
  return { ...query, limit, end: 'first', after: null, before: null } as const;
}
