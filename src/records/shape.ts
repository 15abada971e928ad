import type { RecordKind } from './record.ts';

/**
 * How each kind's fields are held: the one table behind both archives' columns, the flat rows of exports
 * and OData, and their metadata. `name` is the field's name in the graph and in flat rows.
 */
export interface Column {
  readonly name: string;
  readonly type: 'text' | 'decimal' | 'time' | 'int' | 'bool' | 'texts';
  readonly nullable: boolean;
  /** Left out of flat rows: nested in the graph (`BetCredits`), a list, or internal. */
  readonly flat: boolean;
}

function column(name: string, type: Column['type'], nullable = false, flat = true): Column {
  return { name, type, nullable, flat };
}

/** Columns every kind has, before its own. */
export const headColumns = [
  column('account', 'text'),
  column('provider', 'text'),
  column('key', 'text', false, false),
  column('providerUsername', 'text'),
  column('axisAt', 'time', false, false),
  column('versionAt', 'time', true, false),
  column('archivedAt', 'time'),
  column('vanishedAt', 'time', true, false),
] as const satisfies readonly Column[];

const optional = true;
const nested = false;

export const kindColumns: Readonly<Record<RecordKind, readonly Column[]>> = {
  BET: [
    column('gameCode', 'text', optional),
    column('gameType', 'text', optional),
    column('betType', 'text', optional),
    column('brand', 'text', optional),
    column('tableId', 'text', optional),
    column('roundId', 'text', optional),
    column('roundStartedAt', 'time', optional),
    column('result', 'texts', optional, nested),
    column('odds', 'decimal', optional),
    column('orderId', 'text', optional),
    column('transferId', 'text', optional),
    column('sourceId', 'text', optional),
    column('currency', 'text'),
    column('stake', 'decimal'),
    column('validStake', 'decimal', optional),
    column('payout', 'decimal'),
    column('netWin', 'decimal'),
    column('refund', 'decimal', optional),
    column('jackpotWin', 'decimal', optional),
    column('jackpotContribution', 'decimal', optional),
    column('rebate', 'decimal', optional),
    column('realStake', 'decimal', optional, nested),
    column('freeStake', 'decimal', optional, nested),
    column('promotionStake', 'decimal', optional, nested),
    column('realNetWin', 'decimal', optional, nested),
    column('freeNetWin', 'decimal', optional, nested),
    column('promotionNetWin', 'decimal', optional, nested),
    column('status', 'text'),
    column('providerStatus', 'text'),
    column('outcome', 'text'),
    column('placedAt', 'time', optional),
    column('settledAt', 'time', optional),
    column('updatedAt', 'time'),
  ],
  TRANSFER: [
    column('direction', 'text'),
    column('currency', 'text'),
    column('amount', 'decimal'),
    column('freeCredit', 'decimal', optional),
    column('balanceBefore', 'decimal', optional),
    column('balanceAfter', 'decimal', optional),
    column('freeCreditBefore', 'decimal', optional),
    column('freeCreditAfter', 'decimal', optional),
    column('realCreditBefore', 'decimal', optional),
    column('createdAt', 'time'),
  ],
  SEQ_NO_FAILURE: [
    column('seqNo', 'text'),
    column('event', 'text', optional),
    column('statusCode', 'int'),
    column('statusMeaning', 'text', optional),
    column('succeeded', 'bool'),
    column('requestedAt', 'time'),
    column('respondedAt', 'time', optional),
  ],
};

/** The graph's name of a kind's key in flat rows, where it is not a column of its own. */
export const keyName: Readonly<Record<RecordKind, string>> = {
  BET: 'providerBetId',
  TRANSFER: 'transactionCode',
  SEQ_NO_FAILURE: 'key',
};

/** The table of a kind, on both archives. */
export const tableName: Readonly<Record<RecordKind, string>> = {
  BET: 'bets',
  TRANSFER: 'transfers',
  SEQ_NO_FAILURE: 'failures',
};

/** A camelCase field's column name in SQL: `placedAt` is `placed_at`. */
export function sqlName(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
