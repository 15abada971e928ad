import { createHash } from 'node:crypto';
import type { RecordKind, RecordOf } from '../records/record.ts';
import { kindColumns } from '../records/shape.ts';

// The fields of 0.1.0 in its order. The list stays as it is, whatever becomes of the fields: digests are kept for ever.
const first: Readonly<Record<RecordKind, readonly string[]>> = {
  BET: [
    ...['gameCode', 'gameType', 'betType', 'brand', 'tableId', 'roundId', 'roundStartedAt', 'result', 'odds'],
    ...['orderId', 'transferId', 'sourceId', 'currency', 'stake', 'validStake', 'payout', 'netWin', 'refund'],
    ...['jackpotWin', 'jackpotContribution', 'rebate', 'realStake', 'freeStake', 'promotionStake'],
    ...['realNetWin', 'freeNetWin', 'promotionNetWin', 'status', 'providerStatus', 'outcome'],
    ...['placedAt', 'settledAt', 'updatedAt'],
  ],
  TRANSFER: [
    ...['direction', 'currency', 'amount', 'freeCredit', 'balanceBefore', 'balanceAfter', 'freeCreditBefore'],
    ...['freeCreditAfter', 'realCreditBefore', 'createdAt'],
  ],
  SEQ_NO_FAILURE: [
    ...['seqNo', 'event', 'statusCode', 'statusMeaning', 'succeeded', 'requestedAt', 'respondedAt'],
  ],
};

/** The names of these columns that came after 0.1.0, in an order that no table of fields changes. */
export function addedFields(kind: RecordKind, columns: readonly { readonly name: string }[]): string[] {
  return columns
    .map(({ name }) => name)
    .filter((name) => !first[kind].includes(name))
    .sort();
}

const added: Readonly<Record<RecordKind, readonly string[]>> = {
  BET: addedFields('BET', kindColumns.BET),
  TRANSFER: addedFields('TRANSFER', kindColumns.TRANSFER),
  SEQ_NO_FAILURE: addedFields('SEQ_NO_FAILURE', kindColumns.SEQ_NO_FAILURE),
};

/**
 * 64 bits that say whether two versions of a record have the same content: the provider's text and everything
 * mapped from it, so that a changed mapping shows as well. A field that came after 0.1.0 counts only where it has a
 * value: a row without one keeps the digest it had before there was the field. Signed, as engines hold integers.
 */
export function digestOf<K extends RecordKind>(
  kind: K,
  record: RecordOf[K],
  later: readonly string[] = added[kind],
): bigint {
  const fields = record as unknown as Readonly<Record<string, unknown>>;
  const content = [
    record.key,
    record.formerKey === record.key ? null : record.formerKey,
    record.providerUsername,
    record.axisAt,
    record.versionAt,
    record.raw,
    ...first[kind].map((name) => fields[name]),
    ...later.flatMap((name) => ((fields[name] ?? null) === null ? [] : [[name, fields[name]]])),
  ];
  return createHash('sha256').update(JSON.stringify(content)).digest().readBigInt64BE();
}

/** A checksum of rows by their digests, whatever their order, as 16 hexadecimal digits. */
export function checksumOf(digests: readonly bigint[]): string {
  const total = digests.reduce((sum, digest) => BigInt.asUintN(64, sum + digest), 0n);
  return total.toString(16).padStart(16, '0');
}
