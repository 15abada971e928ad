import { createHash } from 'node:crypto';
import type { RecordKind, RecordOf } from '../records/record.ts';
import { kindColumns } from '../records/shape.ts';

/**
 * 64 bits that say whether two versions of a record have the same content: the provider's text and everything
 * mapped from it, so that a changed mapping shows as well. Signed, as engines hold integers.
 */
export function digestOf<K extends RecordKind>(kind: K, record: RecordOf[K]): bigint {
  const fields: Readonly<Record<string, unknown>> = { ...record };
  const content = [
    record.key,
    record.formerKey,
    record.providerUsername,
    record.axisAt,
    record.versionAt,
    record.raw,
    ...kindColumns[kind].map((column) => fields[column.name]),
  ];
  return createHash('sha256').update(JSON.stringify(content)).digest().readBigInt64BE();
}

/** A checksum of rows by their digests, whatever their order, as 16 hexadecimal digits. */
export function checksumOf(digests: readonly bigint[]): string {
  const total = digests.reduce((sum, digest) => BigInt.asUintN(64, sum + digest), 0n);
  return total.toString(16).padStart(16, '0');
}
