import type { Quarantined, RecordKind, RecordOf } from '../../records/record.ts';
import { headColumns, kindColumns } from '../../records/shape.ts';
import type { Commit } from '../archive.ts';

// Index entries may have 2,704 bytes in all; keys and usernames share one with account and time.
const MOST_INDEXED_BYTES = 1_000;
const INDEXED = ['key', 'formerKey', 'providerUsername'];
// What JSON writes as \u0000 and what is no character at all: PostgreSQL's text holds neither.
const UNTEXT = /[\0\p{Surrogate}]/u;
const EARLIEST_MS = Date.parse('0001-01-01T00:00:00Z');
const LATEST_MS = Date.parse('9999-12-31T00:00:00Z');

/** The commit with the rows that PostgreSQL cannot hold set aside, so that they do not keep the others out. */
export function fitted<K extends RecordKind>(commit: Commit<K>): Commit<K> {
  const misfits: Quarantined[] = [];
  const rows = commit.rows.filter((row) => {
    const reason = misfitOf(commit.kind, row);
    if (reason !== null) misfits.push({ reason, raw: row.raw });
    return reason === null;
  });
  const quarantined = [...commit.quarantined, ...misfits].map(({ reason, raw, ...row }) => ({
    ...row,
    reason: asText(reason),
    raw: asText(raw),
  }));
  return { ...commit, rows, quarantined };
}

function misfitOf<K extends RecordKind>(kind: K, row: RecordOf[K]): string | null {
  const fields: Readonly<Record<string, unknown>> = { ...row };
  for (const { name, type } of [...headColumns, ...kindColumns[kind]]) {
    const value = fields[name];
    if (type === 'time' && typeof value === 'number' && !(value >= EARLIEST_MS && value <= LATEST_MS)) {
      return `${name}: expected a time of the years 1 to 9999, got ${value} ms`;
    }
    if (type === 'text' && typeof value === 'string' && UNTEXT.test(value)) {
      return `${name}: expected text without NUL and half surrogates`;
    }
  }
  for (const name of INDEXED) {
    const value = fields[name];
    if (typeof value === 'string' && Buffer.byteLength(value) > MOST_INDEXED_BYTES) {
      return `${name}: expected at most ${MOST_INDEXED_BYTES} bytes, got ${Buffer.byteLength(value)}`;
    }
  }
  return null;
}

function asText(text: string): string {
  return text.replaceAll('\0', '\uFFFD');
}
