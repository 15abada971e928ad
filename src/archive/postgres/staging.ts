import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { from as copyFrom } from 'pg-copy-streams';
import type { RecordKind } from '../../records/record.ts';
import { type Column, sqlName, tableName } from '../../records/shape.ts';
import { keptTimes } from '../kept-times.ts';
import type { Version } from '../merge.ts';
import { recordColumns } from '../sql/columns.ts';
import type { Client } from './database.ts';

// What all rows of a commit have in common is said once, when they go from staging to their table.
const COMMON = new Set(['account', 'provider', 'archivedAt']);
const CHUNK = 65_536;

const staged: Readonly<Record<RecordKind, readonly Column[]>> = {
  BET: recordColumns.BET.filter(({ name }) => !COMMON.has(name)),
  TRANSFER: recordColumns.TRANSFER.filter(({ name }) => !COMMON.has(name)),
  SEQ_NO_FAILURE: recordColumns.SEQ_NO_FAILURE.filter(({ name }) => !COMMON.has(name)),
};

const prepared = new WeakMap<Client, Set<RecordKind>>();

/** The connection's own table that a commit's versions are copied into; empty at the end of each transaction. */
export function stagingName(kind: RecordKind): string {
  return `staged_${tableName[kind]}`;
}

/** The columns a staged row brings for its table. */
export function stagedColumns(kind: RecordKind): string {
  return [...staged[kind].map(({ name }) => sqlName(name)), 'former_key', 'change', 'digest'].join(', ');
}

/** Makes the staging table of a connection, once and outside of any transaction that could take it back. */
export async function prepareStaging(client: Client, kind: RecordKind): Promise<void> {
  const kinds = prepared.get(client) ?? new Set();
  if (kinds.has(kind)) return;
  await client.query(
    `CREATE TEMP TABLE ${stagingName(kind)} ON COMMIT DELETE ROWS
    AS SELECT ${stagedColumns(kind)}, false AS superseded FROM ${tableName[kind]} WITH NO DATA`,
  );
  prepared.set(client, kinds.add(kind));
}

/** Copies versions into staging: those to stand and those for the history alone. */
export async function stage(
  client: Client,
  kind: RecordKind,
  {
    insert,
    superseded,
  }: { readonly insert: readonly Version<RecordKind>[]; readonly superseded: readonly Version<RecordKind>[] },
): Promise<void> {
  if (insert.length + superseded.length === 0) return;
  await pipeline(
    Readable.from(chunksOf(kind, insert, superseded)),
    client.query(copyFrom(`COPY ${stagingName(kind)} (${stagedColumns(kind)}, superseded) FROM STDIN`)),
  );
}

function* chunksOf(
  kind: RecordKind,
  insert: readonly Version<RecordKind>[],
  superseded: readonly Version<RecordKind>[],
): Generator<string> {
  let chunk = '';
  for (const [versions, flag] of [
    [insert, 'f'],
    [superseded, 't'],
  ] as const) {
    for (const version of versions) {
      chunk += `${lineOf(kind, version)}\t${flag}\n`;
      if (chunk.length < CHUNK) continue;
      yield chunk;
      chunk = '';
    }
  }
  yield chunk;
}

function lineOf(kind: RecordKind, version: Version<RecordKind>): string {
  const { record, formerKey, change, digest, vanishedAt, firstArchivedAt } = version;
  const kept: Readonly<Record<string, unknown>> = { ...keptTimes(kind, record), vanishedAt, firstArchivedAt };
  // Looked up where they are: a copy of the record with them costs more than the line.
  const own = record as unknown as Readonly<Record<string, unknown>>;
  let line = '';
  for (const { name, type } of staged[kind]) {
    const value = name in kept ? kept[name] : own[name];
    line += `${cellOf(type, value ?? null)}\t`;
  }
  return `${line}${cellOf('text', formerKey)}\t${cellOf('text', change)}\t${digest}`;
}

/** A value in the text format of COPY. */
export function cellOf(type: Column['type'], value: unknown): string {
  if (value === null) return '\\N';
  switch (type) {
    case 'text':
      return escaped(value as string);
    case 'texts':
      return escaped(JSON.stringify(value));
    case 'time':
      return new Date(value as number).toISOString();
    case 'bool':
      return value === true ? 't' : 'f';
    default:
      return String(value);
  }
}

const SPECIAL = /[\\\t\n\r]/g;
const ESCAPES: Readonly<Record<string, string>> = { '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r' };

function escaped(text: string): string {
  return text.replace(SPECIAL, (character) => ESCAPES[character] ?? character);
}
