import { setImmediate } from 'node:timers/promises';
import {
  BIGINT,
  BOOLEAN,
  DECIMAL,
  type DuckDBConnection,
  DuckDBDataChunk,
  DuckDBDecimalValue,
  DuckDBTimestampValue,
  type DuckDBType,
  type DuckDBValue,
  TIMESTAMP,
  UTINYINT,
  VARCHAR,
} from '@duckdb/node-api';
import { type Decimal, MAX_INTEGER_DIGITS, MAX_SCALE, scaleOf } from '../../records/decimal.ts';
import type { ProviderName, RecordKind } from '../../records/record.ts';
import type { Column } from '../../records/shape.ts';
import type { Version } from '../merge.ts';
import { recordColumns } from '../sql/columns.ts';

/** What all rows of one commit have in common; times are milliseconds. */
export interface Source {
  readonly account: string;
  readonly provider: ProviderName;
  readonly readAt: number;
  readonly archivedAt: number;
}

interface Slot {
  readonly type: DuckDBType;
  value(version: Version<RecordKind>, source: Source): DuckDBValue;
}

const ROWS_A_CHUNK = 2048;
const AMOUNT = DECIMAL(MAX_INTEGER_DIGITS + MAX_SCALE, MAX_SCALE);
const ZEROS = '0'.repeat(MAX_SCALE);

/** How each type of column is held. */
export const columnTypes: Readonly<Record<Column['type'], DuckDBType>> = {
  text: VARCHAR,
  texts: VARCHAR,
  decimal: AMOUNT,
  time: TIMESTAMP,
  int: BIGINT,
  bool: BOOLEAN,
};

/** Writes versions into a kind's table, or as seen at their read alone into its history. Never by way of a float. */
export async function appendVersions(
  connection: DuckDBConnection,
  table: string,
  kind: RecordKind,
  batches: readonly { readonly source: Source; readonly versions: readonly Version<RecordKind>[] }[],
  options: { readonly history: boolean } = { history: false },
): Promise<void> {
  const rows = batches.flatMap(({ source, versions }) => versions.map((version) => ({ source, version })));
  if (rows.length === 0) return;
  const slots = slotsOf(kind, options.history);
  const types = slots.map((slot) => slot.type);
  const appender = await connection.createAppender(table);
  for (let start = 0; start < rows.length; start += ROWS_A_CHUNK) {
    const part = rows.slice(start, start + ROWS_A_CHUNK);
    const chunk = DuckDBDataChunk.create(types, part.length);
    for (const [index, slot] of slots.entries()) {
      chunk.setColumnValues(
        index,
        part.map(({ version, source }) => slot.value(version, source)),
      );
    }
    appender.appendDataChunk(chunk);
    // Others' answers wait on this thread: a long write lets them through between its chunks.
    await setImmediate();
  }
  appender.closeSync();
}

function slotsOf(kind: RecordKind, history: boolean): Slot[] {
  const slots = recordColumns[kind].flatMap((column) => [
    slotOf(column),
    ...(column.type === 'decimal' ? [scaleSlot(column)] : []),
  ]);
  slots.push({ type: VARCHAR, value: (version) => version.formerKey });
  slots.push({ type: TIMESTAMP, value: (_, source) => timestamp(source.readAt) });
  slots.push({ type: BIGINT, value: (version) => version.digest });
  if (history) {
    slots.push({ type: TIMESTAMP, value: (_, source) => timestamp(source.readAt) });
    slots.push({ type: TIMESTAMP, value: (_, source) => timestamp(source.readAt) });
  }
  return slots;
}

function slotOf(column: Column): Slot {
  const type = columnTypes[column.type];
  switch (column.name) {
    case 'account':
      return { type, value: (_, source) => source.account };
    case 'provider':
      return { type, value: (_, source) => source.provider };
    case 'archivedAt':
      return { type, value: (_, source) => timestamp(source.archivedAt) };
    case 'vanishedAt':
      return {
        type,
        value: ({ vanishedAt }) => (vanishedAt === null ? null : timestamp(vanishedAt)),
      };
    default:
      return { type, value: ({ record }) => toValue(column.type, fieldOf(record, column.name)) };
  }
}

function scaleSlot(column: Column): Slot {
  return {
    type: UTINYINT,
    value: ({ record }) => {
      const amount = fieldOf(record, column.name);
      return amount === null ? null : scaleOf(amount as Decimal);
    },
  };
}

function fieldOf(record: object, name: string): unknown {
  return (record as Readonly<Record<string, unknown>>)[name] ?? null;
}

/** A field as its column holds it; never by way of a float. */
export function toValue(type: Column['type'], value: unknown): DuckDBValue {
  if (value === null) return null;
  switch (type) {
    case 'texts':
      return JSON.stringify(value);
    case 'decimal':
      return new DuckDBDecimalValue(
        unitsAtFullScale(value as Decimal),
        MAX_INTEGER_DIGITS + MAX_SCALE,
        MAX_SCALE,
      );
    case 'time':
      return timestamp(value as number);
    case 'int':
      return BigInt(value as number);
    case 'bool':
      return value as boolean;
    case 'text':
      return value as string;
  }
}

function unitsAtFullScale(value: Decimal): bigint {
  const point = value.indexOf('.');
  if (point === -1) return BigInt(value + ZEROS);
  return BigInt(value.slice(0, point) + value.slice(point + 1) + ZEROS.slice(value.length - point - 1));
}

function timestamp(ms: number): DuckDBTimestampValue {
  return new DuckDBTimestampValue(BigInt(ms) * 1000n);
}
