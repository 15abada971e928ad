import type { Interval } from '../../records/interval.ts';
import type { TrailNote } from '../trail.ts';
import { type Binder, createBinder, type Dialect, type ParameterType, type Statement } from './dialect.ts';
import { type Cells, rowsOf } from './records.ts';

/** The table's columns, in its order. */
export const trailColumns: readonly (readonly [name: string, type: ParameterType])[] = [
  ['asked_at', 'time'],
  ['request_id', 'text'],
  ['key', 'text'],
  ['role', 'text'],
  ['accounts', 'text'],
  ['route', 'text'],
  ['operation', 'text'],
  ['rows_given', 'int'],
  ['cost', 'int'],
  ['duration_ms', 'int'],
  ['error', 'text'],
];

const NOTES_A_STATEMENT = 200;

/** Writes notes, and lets those from before `keepFrom` go. */
export function trailStatements(
  dialect: Dialect,
  notes: readonly TrailNote[],
  keepFrom: number,
): Statement[] {
  const statements: Statement[] = [];
  for (let start = 0; start < notes.length; start += NOTES_A_STATEMENT) {
    const binder = createBinder(dialect);
    const rows = notes.slice(start, start + NOTES_A_STATEMENT).map((note) => rowOf(binder, note));
    const names = trailColumns.map(([name]) => name).join(', ');
    statements.push({
      text: `INSERT INTO trail (${names}) VALUES ${rows.join(', ')}`,
      values: binder.values,
    });
  }
  const binder = createBinder(dialect);
  const text = `DELETE FROM trail WHERE asked_at < ${binder.bind('time', keepFrom)}`;
  return [...statements, { text, values: binder.values }];
}

function rowOf(binder: Binder, note: TrailNote): string {
  const { at, requestId, key, role, route, operation, rows, cost, durationMs, error } = note;
  const accounts = note.accounts === null ? null : JSON.stringify(note.accounts);
  const values = [at, requestId, key, role, accounts, route, operation, rows, cost, durationMs, error];
  const places = trailColumns.map(([, type], index) => {
    const value = values[index] ?? null;
    return value === null ? 'NULL' : binder.bind(type, value);
  });
  return `(${places.join(', ')})`;
}

export function trailStatement(dialect: Dialect, { from, to }: Interval): Statement {
  const binder = createBinder(dialect);
  const cells = trailColumns.map(([name, type]) => dialect.cell(name, type));
  const text = `SELECT ${cells.join(', ')} FROM trail
    WHERE asked_at >= ${binder.bind('time', from)} AND asked_at < ${binder.bind('time', to)} ORDER BY asked_at, request_id`;
  return { text, values: binder.values };
}

export function toTrail(cells: Cells): TrailNote[] {
  return rowsOf(cells).map(
    ([at, requestId, key, role, accounts, route, operation, rows, cost, durationMs, error]) => ({
      at: Number(at),
      requestId: String(requestId),
      key: String(key),
      role: String(role),
      accounts: accounts == null ? null : JSON.parse(String(accounts)),
      route: String(route),
      operation: operation == null ? null : String(operation),
      rows: Number(rows),
      cost: cost == null ? null : Number(cost),
      durationMs: Number(durationMs),
      error: error == null ? null : String(error),
    }),
  );
}
