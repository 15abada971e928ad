import { setImmediate as turn } from 'node:timers/promises';
import { isLosslessNumber } from 'lossless-json';
import { z } from 'zod';
import type { Quarantined } from '../records/record.ts';
import { readJson, readObject } from './json.ts';
import { describe, firstFault, type Read, readerOf } from './wire.ts';

/** What a mapping gives instead of a record when computed values do not fit; it opens with the field's name. */
export interface RowFault {
  readonly fault: string;
}

/**
 * The key of a row that is set aside, by those of its fields that can be read; null where they do not tell it. The row
 * then counts as listed, though it is not read.
 */
export type KeyOf<W> = (fields: Partial<W>) => string | null;

export interface ReadRows<R> {
  readonly rows: readonly R[];
  readonly quarantined: readonly Quarantined[];
  /** Fields of the first row that the schema does not name: as a rule a new field is in every row. */
  readonly unknownFields: readonly string[];
}

/** One row read again from its own text; a fault where it cannot be read as it is to be now. */
export function readRaw<W, R extends object>(
  raw: string,
  schema: z.ZodType<W>,
  toRecord: (wire: W, raw: string) => R | RowFault,
): R | RowFault {
  const notJson = (cause: unknown) => new SyntaxError('row: expected JSON', { cause });
  try {
    // In a list as rows come, so that its text stays what it is.
    const { rows, quarantined } = readRows(
      z.array(z.unknown()).parse(readJson(`[${raw}]`, notJson)),
      schema,
      toRecord,
    );
    return rows[0] ?? { fault: quarantined[0]?.reason ?? 'row: expected one, got none' };
  } catch (error) {
    if (error instanceof SyntaxError) return { fault: error.message };
    throw error;
  }
}

// Enough to see what is new; a row may have any number of them.
const MOST_UNKNOWN = 20;

/**
 * Reads a page's rows one by one: a row that fails its schema or its mapping is set aside whole, with a reason that
 * names the field, and the others stand. Unknown fields are tolerated; `raw` keeps them. A row that is no JSON
 * throws what `parseBody` would have thrown.
 */
export function readRows<W, R extends object>(
  values: readonly unknown[],
  schema: z.ZodType<W>,
  toRecord: (wire: W, raw: string) => R | RowFault,
  keyOf?: KeyOf<W>,
): ReadRows<R> {
  const { take, read } = collect(schema, toRecord, keyOf);
  for (const value of values) take(value);
  return read;
}

// Short beside a network's delays, long beside what a turn costs.
const SLICE_MS = 8;

/** The same of any number of rows, other work having its turn every few milliseconds. */
export async function readManyRows<W, R extends object>(
  values: readonly unknown[],
  schema: z.ZodType<W>,
  toRecord: (wire: W, raw: string) => R | RowFault,
  keyOf?: KeyOf<W>,
): Promise<ReadRows<R>> {
  const { take, read } = collect(schema, toRecord, keyOf);
  let sliceEnd = performance.now() + SLICE_MS;
  for (const value of values) {
    take(value);
    if (performance.now() < sliceEnd) continue;
    await turn();
    sliceEnd = performance.now() + SLICE_MS;
  }
  return read;
}

function collect<W, R extends object>(
  schema: z.ZodType<W>,
  toRecord: (wire: W, raw: string) => R | RowFault,
  keyOf: KeyOf<W> = () => null,
) {
  const rows: R[] = [];
  const quarantined: Quarantined[] = [];
  const unknownFields: string[] = [];
  const readRow = rowReader(schema);
  let isFirst = true;
  return {
    read: { rows, quarantined, unknownFields },
    take(each: unknown) {
      const { value, raw } = readObject(each);
      if (isFirst && isObject(value)) unknownFields.push(...unknownIn(value, schema));
      isFirst = false;
      const wire = isObject(value) ? readRow(value) : notAnObject(value);
      const record = 'fault' in wire ? wire : toRecord(wire.value, raw);
      if (isFault(record)) {
        const key = isObject(value) ? keyOf(readableOf(value, schema)) : null;
        quarantined.push({ reason: record.fault, raw, ...(key !== null && { key }) });
      } else rows.push(record);
    },
  };
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !isLosslessNumber(value);
}

function unknownIn(row: object, schema: z.ZodType): readonly string[] {
  if (!(schema instanceof z.ZodObject)) return [];
  const known = schema.shape;
  return Object.keys(row)
    .filter((name) => !Object.hasOwn(known, name))
    .slice(0, MOST_UNKNOWN);
}

/** The fields of a row that can be read, each by itself. */
function readableOf<W>(row: Readonly<Record<string, unknown>>, schema: z.ZodType<W>): Partial<W> {
  if (!(schema instanceof z.ZodObject)) return {};
  const fields = Object.entries<z.ZodType>(schema.shape).flatMap(([name, of]) => {
    const result = readerOf(of)(row[name]);
    return 'fault' in result ? [] : [[name, result.value] as const];
  });
  return Object.fromEntries(fields) as Partial<W>;
}

function notAnObject(value: unknown): RowFault {
  return { fault: `row: expected an object, got ${describe(value)}` };
}

function isFault(record: object): record is RowFault {
  return 'fault' in record;
}

/** Reads a row field by field where its schema is a plain object of fields, and by zod where it is anything else. */
function rowReader<W>(schema: z.ZodType<W>): (row: Readonly<Record<string, unknown>>) => Read<W> {
  if (!(schema instanceof z.ZodObject) || schema.def.checks !== undefined) return (row) => byZod(schema, row);
  const fields = Object.entries<z.ZodType>(schema.shape).map(([name, of]) => ({ name, read: readerOf(of) }));
  return (row) => {
    const wire: Record<string, unknown> = {};
    for (const { name, read } of fields) {
      const result = read(row[name]);
      if ('fault' in result) return { fault: `${name}: ${result.fault}` };
      wire[name] = result.value;
    }
    return { value: wire as W };
  };
}

function byZod<W>(schema: z.ZodType<W>, row: unknown): Read<W> {
  const parsed = schema.safeParse(row);
  return parsed.success ? { value: parsed.data } : { fault: firstFault(parsed.error) };
}
