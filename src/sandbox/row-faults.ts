import { isLosslessNumber, LosslessNumber, parse, stringify } from 'lossless-json';
import { editBody, type Fault } from './fault.ts';

type Row = Readonly<Record<string, unknown>>;

/** An answer's text with the rows of its first list of objects changed, every other digit kept. */
export function editRows(body: string, edit: (rows: readonly Row[]) => readonly unknown[]): string {
  const rows = rowsOf(parse(body));
  if (rows === null) return body;
  return stringify(replaced(parse(body), edit(rows))) ?? body;
}

function isRow(value: unknown): value is Row {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !isLosslessNumber(value);
}

function isRows(value: unknown): value is readonly Row[] {
  return Array.isArray(value) && value.length > 0 && value.every(isRow);
}

function rowsOf(value: unknown): readonly Row[] | null {
  if (isRows(value)) return value;
  if (!isRow(value)) return null;
  for (const inner of Object.values(value)) {
    const found = rowsOf(inner);
    if (found !== null) return found;
  }
  return null;
}

function replaced(value: unknown, rows: readonly unknown[]): unknown {
  if (isRows(value)) return rows;
  if (!isRow(value)) return value;
  const [name] = Object.entries(value).find(([, inner]) => rowsOf(inner) !== null) ?? [];
  return name === undefined ? value : { ...value, [name]: replaced(value[name], rows) };
}

/** Changes the first row alone. */
function editFirst(edit: (row: Row) => unknown): (body: string) => string {
  return (body) =>
    editRows(body, ([first, ...others]) => (first === undefined ? [] : [edit(first), ...others]));
}

/** Changes every amount of the first row: numbers, and text with a point and decimals. */
function editAmounts(edit: (exact: string) => unknown): (body: string) => string {
  return editFirst((row) =>
    Object.fromEntries(
      Object.entries(row).map(([name, value]) => {
        const exact = isLosslessNumber(value) ? value.value : value;
        return [name, typeof exact === 'string' && /^-?\d+\.\d+$/.test(exact) ? edit(exact) : value];
      }),
    ),
  );
}

const retype = editFirst((row) =>
  Object.fromEntries(
    Object.entries(row).map(([name, value]) => {
      if (isLosslessNumber(value)) return [name, value.value];
      return [
        name,
        typeof value === 'string' && /^-?\d+\.\d+$/.test(value) ? new LosslessNumber(value) : value,
      ];
    }),
  ),
);

/** Every fault of rows, by name. */
export const rowFaults = {
  duplicateRow: editBody('lists its first row twice', (body) =>
    editRows(body, (rows) => [...rows.slice(0, 1), ...rows]),
  ),
  noRows: editBody('lists no rows where there are some', (body) => editRows(body, () => [])),
  extraField: editBody('adds a field nobody knows to each row', (body) =>
    editRows(body, (rows) =>
      rows.map((row) => ({ ...row, notInTheDocument: { nested: [new LosslessNumber('1.10')] } })),
    ),
  ),
  notARow: editBody('lists a row that is no object', (body) =>
    editRows(body, (rows) => ['?', ...rows.slice(1)]),
  ),
  emptyRow: editBody(
    'lists a row without any field',
    editFirst(() => ({})),
  ),
  nestedFields: editBody(
    'lists a row whose fields are lists',
    editFirst((row) => Object.fromEntries(Object.entries(row).map(([name, value]) => [name, [value]]))),
  ),
  localeAmounts: editBody(
    'spells the amounts of a row 1,234.50',
    editAmounts(() => '1,234.50'),
  ),
  emptyAmounts: editBody(
    'spells the amounts of a row as nothing',
    editAmounts(() => ''),
  ),
  notANumber: editBody(
    'spells the amounts of a row NaN',
    editAmounts(() => 'NaN'),
  ),
  endlessAmounts: editBody(
    'spells the amounts of a row with a million digits',
    editAmounts(() => '9'.repeat(1_000_000)),
  ),
  retypedAmounts: editBody(
    'sends the amounts of a row as numbers where they were text, and as text where they were numbers',
    retype,
  ),
} as const satisfies Readonly<Record<string, Fault>>;
