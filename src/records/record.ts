import type { Decimal } from './decimal.ts';

export const providerNames = ['ebet', 'vertexplay', 'hotroad', 'oneapi'] as const;
export type ProviderName = (typeof providerNames)[number];

export const recordKinds = ['BET', 'TRANSFER', 'SEQ_NO_FAILURE'] as const;
export type RecordKind = (typeof recordKinds)[number];

export type BetStatus = 'OPEN' | 'SETTLED' | 'REFUNDED' | 'UNKNOWN';
export type BetOutcome = 'WIN' | 'LOSE' | 'PUSH' | 'UNKNOWN';
export type TransferDirection = 'DEPOSIT' | 'WITHDRAWAL';

/** What every record has; times are milliseconds since the epoch, UTC. */
export interface RecordHead {
  /** The provider's key: with account and kind the record's identity, for ever. */
  readonly key: string;
  /** A key this record was known by before: an archived row under it is replaced by this one. */
  readonly formerKey: string | null;
  readonly providerUsername: string;
  /** The time on the feed's axis, by which the provider is asked and ranges select. */
  readonly axisAt: number;
  /** The provider's time of this version; the later wins. Null where the provider sends none. */
  readonly versionAt: number | null;
  /** The provider's record as compact JSON: key order and every digit kept. */
  readonly raw: string;
}

/** One bet, from the player's side: `netWin` is what the player won beyond the stake. */
export interface Bet extends RecordHead {
  readonly gameCode: string | null;
  readonly gameType: string | null;
  readonly betType: string | null;
  readonly brand: string | null;
  readonly tableId: string | null;
  readonly roundId: string | null;
  readonly roundStartedAt: number | null;
  readonly result: readonly (string | null)[] | null;
  readonly odds: Decimal | null;
  readonly orderId: string | null;
  readonly transferId: string | null;
  readonly sourceId: string | null;
  readonly currency: string;
  readonly stake: Decimal;
  readonly validStake: Decimal | null;
  readonly payout: Decimal;
  readonly netWin: Decimal;
  readonly refund: Decimal | null;
  readonly jackpotWin: Decimal | null;
  readonly jackpotContribution: Decimal | null;
  readonly rebate: Decimal | null;
  readonly realStake: Decimal | null;
  readonly freeStake: Decimal | null;
  readonly promotionStake: Decimal | null;
  readonly realNetWin: Decimal | null;
  readonly freeNetWin: Decimal | null;
  readonly promotionNetWin: Decimal | null;
  readonly status: BetStatus;
  readonly providerStatus: string;
  readonly outcome: BetOutcome;
  readonly placedAt: number | null;
  readonly settledAt: number | null;
  readonly updatedAt: number;
}

/** One deposit or withdrawal; `amount` is signed as the provider sends it. Its key is the transaction code. */
export interface Transfer extends RecordHead {
  readonly direction: TransferDirection;
  readonly currency: string;
  readonly amount: Decimal;
  readonly freeCredit: Decimal | null;
  readonly balanceBefore: Decimal | null;
  readonly balanceAfter: Decimal | null;
  readonly freeCreditBefore: Decimal | null;
  readonly freeCreditAfter: Decimal | null;
  readonly realCreditBefore: Decimal | null;
  readonly createdAt: number;
}

/** The provider's record of one wallet callback, mostly a failed one. */
export interface SeqNoFailure extends RecordHead {
  readonly seqNo: string;
  readonly event: string | null;
  readonly statusCode: number;
  readonly statusMeaning: string | null;
  readonly succeeded: boolean;
  readonly requestedAt: number;
  readonly respondedAt: number | null;
}

export interface RecordOf {
  readonly BET: Bet;
  readonly TRANSFER: Transfer;
  readonly SEQ_NO_FAILURE: SeqNoFailure;
}

/** A record as the archive gives it back. */
export type Stored<T extends RecordHead> = Omit<T, 'formerKey'> & {
  readonly account: string;
  readonly provider: ProviderName;
  /** When this version was archived; never decreases within an archive. */
  readonly archivedAt: number;
  /** Set when a later read of its time did not list it any more. */
  readonly vanishedAt: number | null;
};

/** A row that could not be read or does not fit, set aside whole. */
export interface Quarantined {
  readonly reason: string;
  /** The row's own text, or the body's where no row could be told apart. */
  readonly raw: string;
}
