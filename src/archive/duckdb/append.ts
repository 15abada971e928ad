import { setImmediate } from 'node:timers/promises';
import {
  type DuckDBConnection,
  DuckDBDecimalValue,
  DuckDBTimestampValue,
  type DuckDBValue,
} from '@duckdb/node-api';
import { type Decimal, MAX_INTEGER_DIGITS, MAX_SCALE, scaleOf } from '../../records/decimal.ts';
import type { ProviderName, RecordKind } from '../../records/record.ts';
import { type Column, sqlName } from '../../records/shape.ts';
import { keptTimes } from '../kept-times.ts';
import type { Version } from '../merge.ts';
import { recordColumns } from '../sql/columns.ts';
import { createNamedAppender } from './appender.ts';

/** What all rows of one commit have in common; times are milliseconds. */
export interface Source {
  readonly account: string;
  readonly provider: ProviderName;
  readonly readAt: number;
  readonly archivedAt: number;
}

/** A column of a table, and what a version holds in it. */
interface Slot {
  readonly name: string;
  value(version: Version<RecordKind>, source: Source): DuckDBValue;
}

const ROWS_A_CHUNK = 2048;
const ZEROS = '0'.repeat(MAX_SCALE);

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
  const names = slots.map(({ name }) => name);
  const appender = await createNamedAppender(connection, table, names);
  for (let start = 0; start < rows.length; start += ROWS_A_CHUNK) {
    const part = rows.slice(start, start + ROWS_A_CHUNK);
    appender.append(slots.map((slot) => part.map(({ version, source }) => slot.value(version, source))));
    // Others' answers wait on this thread: a long write lets them through between its chunks.
    await setImmediate();
  }
  appender.close();
}

function slotsOf(kind: RecordKind, history: boolean): Slot[] {
  const readAt = (name: string): Slot => ({ name, value: (_, source) => timestamp(source.readAt) });
  const slots = recordColumns[kind].flatMap((column) => [
    slotOf(kind, column),
    ...(column.type === 'decimal' ? [scaleSlot(column)] : []),
  ]);
  slots.push({ name: 'former_key', value: (version) => version.formerKey });
  slots.push({ name: 'change', value: (version) => version.change });
  slots.push(readAt('read_at'));
  slots.push({ name: 'digest', value: (version) => version.digest });
  return history ? [...slots, readAt('seen_from'), readAt('seen_until')] : slots;
}

function slotOf(kind: RecordKind, column: Column): Slot {
  const name = sqlName(column.name);
  switch (column.name) {
    case 'account':
      return { name, value: (_, source) => source.account };
    case 'provider':
      return { name, value: (_, source) => source.provider };
    case 'countedAt':
      return { name, value: ({ record }) => timestamp(keptTimes(kind, record).countedAt) };
    case 'axisAt':
      return { name, value: ({ record }) => toValue('time', keptTimes(kind, record).axisAt) };
    case 'archivedAt':
      return { name, value: (_, source) => timestamp(source.archivedAt) };
    case 'firstArchivedAt':
      return {
        name,
        value: ({ firstArchivedAt }, source) => timestamp(firstArchivedAt ?? source.archivedAt),
      };
    case 'vanishedAt':
      return { name, value: ({ vanishedAt }) => (vanishedAt === null ? null : timestamp(vanishedAt)) };
    default:
      return { name, value: ({ record }) => toValue(column.type, fieldOf(record, column.name)) };
  }
}

function scaleSlot(column: Column): Slot {
  return {
    name: scaleName(sqlName(column.name)),
    value: ({ record }) => {
      const amount = fieldOf(record, column.name);
      return amount === null ? null : scaleOf(amount as Decimal);
    },
  };
}

/** The column beside an amount that keeps the scale it was sent with. */
export function scaleName(column: string): string {
  return `${column}_scale`;
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
