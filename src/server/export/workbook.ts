import WorkbookWriter from 'exceljs/lib/stream/xlsx/workbook-writer.js';
import { BadUserInputError } from '../../errors.ts';
import type { Coverage } from '../../records/coverage.ts';
import type { FlatValue, WrittenColumn } from './flat-row.ts';
import type { ReadOptions } from './flat-writer.ts';

/** What becomes a sheet. */
export interface Sheet {
  readonly name: string;
  readonly columns: readonly WrittenColumn[];
  readonly rows: AsyncIterable<readonly (readonly FlatValue[])[]>;
  /** What a second sheet says of it; null where no range was asked for. */
  readonly coverage: Coverage | null;
}

// A cell's number is a float of so many digits; what has more stays whole as text.
const MOST_DIGITS = 15;

type Cell = string | number | boolean | Date | null;

/**
 * Writes a workbook at `path` as rows are read: amounts as numbers, or as text where a number would lose digits; times in
 * UTC as Excel has them. A second sheet says whether the range is whole, which a file's headers would not.
 */
export async function writeWorkbook(path: string, sheet: Sheet, { signal }: ReadOptions): Promise<void> {
  const workbook = new WorkbookWriter({
    filename: path,
    useStyles: true,
    useSharedStrings: false,
  });
  const { name, columns, coverage } = sheet;
  const rows = workbook.addWorksheet(name, { views: [{ state: 'frozen', ySplit: 1 }] });
  rows.columns = columns.map((column) => ({ header: column.name, ...looks[column.type] }));
  rows.autoFilter = { from: { row: 1, column: 1 }, to: { row: 1, column: Math.max(1, columns.length) } };
  const cells = columns.map(({ type }) => toCell[type]);
  for await (const batch of sheet.rows) {
    signal?.throwIfAborted();
    for (const values of batch) {
      rows.addRow(cells.map((cell, at) => (values[at] == null ? null : cell(values[at])))).commit();
    }
  }
  rows.commit();
  if (coverage !== null) {
    const about = workbook.addWorksheet('coverage');
    about.columns = [{ width: 12 }, { width: 24 }];
    about.addRow(['complete', coverage.complete]).commit();
    about.addRow(['gaps', coverage.gaps.length]).commit();
    about.commit();
  }
  await workbook.commit();
}

// What Excel calls a damaged file beyond.
const MOST_CHARACTERS = 32_767;

function text(value: FlatValue): Cell {
  const written = String(value);
  if (written.length <= MOST_CHARACTERS) return written;
  throw new BadUserInputError(
    `a cell holds at most ${MOST_CHARACTERS} characters, got ${written.length}: leave that column out, or ask for csv`,
  );
}

const number = (value: FlatValue): Cell => Number(value);

const toCell: Readonly<Record<WrittenColumn['type'], (value: FlatValue) => Cell>> = {
  text,
  int: number,
  count: number,
  bool: (value) => value === true,
  time: (value) => new Date(Number(value)),
  date: (value) => new Date(`${value}T00:00:00Z`),
  decimal: (value) => (digitsOf(String(value)) > MOST_DIGITS ? String(value) : Number(value)),
};

const looks: Readonly<Record<WrittenColumn['type'], object>> = {
  text: { width: 18 },
  int: { width: 10 },
  count: { width: 12, style: { numFmt: '0' } },
  bool: { width: 10 },
  time: { width: 24, style: { numFmt: 'yyyy-mm-dd hh:mm:ss.000' } },
  date: { width: 12, style: { numFmt: 'yyyy-mm-dd' } },
  decimal: { width: 16, style: { numFmt: '#,##0.00####' } },
};

/** How many digits tell an amount from any other: zeros at either end do not count. */
function digitsOf(amount: string): number {
  const digits = amount.replace('-', '');
  const shown = digits.includes('.') ? digits.replace(/\.?0+$/, '') : digits.replace(/0+$/, '');
  return shown.replace('.', '').replace(/^0+/, '').length;
}
