import type { Interval } from '../../records/interval.ts';
import type { AuditRecord } from '../audit.ts';
import { type Binder, createBinder, type Dialect, type ParameterType, type Statement } from './dialect.ts';
import { type Cells, rowsOf } from './records.ts';

/** The columns of the audit log, the table `trail`, in its order. */
export const auditColumns: readonly (readonly [name: string, type: ParameterType])[] = [
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

const RECORDS_A_STATEMENT = 200;

/** Writes records, and deletes those from before `keepFrom`. */
export function writeAuditStatements(
  dialect: Dialect,
  records: readonly AuditRecord[],
  keepFrom: number,
): Statement[] {
  const statements: Statement[] = [];
  for (let start = 0; start < records.length; start += RECORDS_A_STATEMENT) {
    const binder = createBinder(dialect);
    const rows = records.slice(start, start + RECORDS_A_STATEMENT).map((record) => rowOf(binder, record));
    const names = auditColumns.map(([name]) => name).join(', ');
    statements.push({
      text: `INSERT INTO trail (${names}) VALUES ${rows.join(', ')}`,
      values: binder.values,
    });
  }
  const binder = createBinder(dialect);
  const text = `DELETE FROM trail WHERE asked_at < ${binder.bind('time', keepFrom)}`;
  return [...statements, { text, values: binder.values }];
}

function rowOf(binder: Binder, record: AuditRecord): string {
  const { at, requestId, key, role, route, operation, rows, cost, durationMs, error } = record;
  const accounts = record.accounts === null ? null : JSON.stringify(record.accounts);
  const values = [at, requestId, key, role, accounts, route, operation, rows, cost, durationMs, error];
  const places = auditColumns.map(([, type], index) => {
    const value = values[index] ?? null;
    return value === null ? 'NULL' : binder.bind(type, value);
  });
  return `(${places.join(', ')})`;
}

export function readAuditStatement(dialect: Dialect, { from, to }: Interval): Statement {
  const binder = createBinder(dialect);
  const cells = auditColumns.map(([name, type]) => dialect.cell(name, type));
  const text = `SELECT ${cells.join(', ')} FROM trail
    WHERE asked_at >= ${binder.bind('time', from)} AND asked_at < ${binder.bind('time', to)} ORDER BY asked_at, request_id`;
  return { text, values: binder.values };
}

export function toAuditRecords(cells: Cells): AuditRecord[] {
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
