import { unreadable } from '../../../src/providers/wire.ts';

/** The columns every answer has. */
const columns = ['id', 'player', 'at', 'status', 'event'];

/**
 * CSV as a value: the first line's fields, and each row as an object of texts. The first line says how many rows there
 * are, as half a body is CSV as well: one that has another number of them is not read.
 */
export function decodeCsv(who: string, body: string): Record<string, unknown> {
  const [first = '', header, ...lines] = body.trimEnd().split('\n');
  const said = first.startsWith('#') ? fieldsOf(first.slice(1)) : {};
  if ('error' in said) return { ...said, rows: [] };
  if (header === undefined || said['rows'] !== String(lines.length)) throw unreadable(who, body, 'CSV');
  const names = header.split(',');
  const rows = lines.map((line) => {
    const cells = line.split(',');
    return Object.fromEntries(names.map((name, index) => [name, cells[index] ?? '']));
  });
  return { ...said, rows };
}

/** The other way round; a row that is text is a line of its own, and where there is no list there is no table. */
export function encodeCsv({ rows, ...said }: Readonly<Record<string, unknown>>): string {
  const list = Array.isArray(rows) ? (rows as readonly (string | Readonly<Record<string, unknown>>)[]) : null;
  const first = Object.entries({ ...(list === null ? {} : { rows: list.length }), ...said });
  const head = `#${first.map(([name, value]) => `${name}=${value}`).join(',')}`;
  if (list === null) return `${head}\n`;
  const names = [
    ...new Set([...columns, ...list.flatMap((row) => (typeof row === 'string' ? [] : Object.keys(row)))]),
  ];
  const lines = list.map((row) =>
    typeof row === 'string' ? row : names.map((name) => row[name] ?? '').join(','),
  );
  return `${[head, names.join(','), ...lines].join('\n')}\n`;
}

function fieldsOf(line: string): Record<string, string> {
  return Object.fromEntries(
    line.split(',').map((field) => {
      const [name = '', value = ''] = field.split('=');
      return [name, value];
    }),
  );
}
