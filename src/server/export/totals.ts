import { checkSize } from '../../graph/lists/page-args.ts';
import { BetDimensionEnum, BetMeasureEnum, SortDirectionEnum } from '../../graph/schema/enums.ts';
import { coverSelection, select } from '../../graph/selection/scope.ts';
import { betFigures } from '../../graph/totals/bet/resolver.ts';
import { orderRowsBy } from '../../graph/totals/order.ts';
import { toGrouping } from '../../graph/totals/period.ts';
import type { Coverage } from '../../records/coverage.ts';
import type { Dimension, TotalsRow } from '../../records/query.ts';
import { type CsvAsk, chosenColumns, readTotalsAsk } from './ask.ts';
import { quotedHash } from './etag.ts';
import type { FlatValue } from './flat-row.ts';
import { createValueWriter } from './flat-writer.ts';
import { ParameterError } from './parameter-error.ts';
import { type Parameters, readChoice, readChoices, readIntegers, readText } from './parameters.ts';
import { fileNameOf, type OpenTable, type ReadTable, waysOut } from './table.ts';
import { readTotalsTable, type TotalsColumn, totalsColumns } from './totals-table.ts';

const dimensions = Object.values(BetDimensionEnum);
const measures = Object.keys(BetMeasureEnum);
const directions = Object.values(SortDirectionEnum);
const ROWS_A_BATCH = 2_000;
const ownNames = ['groupBy', 'timeZone', 'dayStartsAt', 'orderBy', 'direction', 'first'];

/** `/export/totals`: what `betTotals` answers to the same arguments, a row a line, and whether each may still change. */
export const readTotalsExport: ReadTable = (parameters, context, format) => {
  const ask = readTotalsAsk('BET', parameters, context, format, ownNames);
  const groupBy: Dimension[] = [...new Set(readChoices(parameters, 'groupBy', dimensions) ?? [])];
  const [timeZone, dayStartsAt] = [readText(parameters, 'timeZone'), readText(parameters, 'dayStartsAt')];
  toGrouping({ groupBy, timeZone, dayStartsAt }, ask.range);
  const known = totalsColumns.BET.filter(
    ({ dimension }) => dimension === null || groupBy.includes(dimension),
  );
  const columns = chosenColumns(parameters, known) ?? known;
  const arrange = readArrangement(parameters);
  return {
    completeRequired: ask.completeRequired,
    fileName: fileNameOf('totals', ask.range, null),
    async open() {
      const selection = await select(context, ask);
      const { coverage } = await coverSelection(context, selection, ask.maxWaitMs);
      const looked = new Set(columns.map(({ name }) => name));
      const table = await readTotalsTable(context, selection.query, {
        ...{ groupBy, timeZone, dayStartsAt, arrange },
        columns: looked,
      });
      const rows = table.map((row) => columns.map(({ name }) => row[name] ?? null));
      return openTable(rows, columns, coverage, ask.csv);
    },
  };
};

/** Which rows come first, and how many of them. */
function readArrangement(parameters: Parameters): (rows: readonly TotalsRow[]) => readonly TotalsRow[] {
  const measure = readChoice(parameters, 'orderBy', measures);
  const by = measure === null ? undefined : BetMeasureEnum[measure];
  const direction = readChoice(parameters, 'direction', directions);
  if (by === undefined && direction !== null) {
    throw new ParameterError('direction', 'expected orderBy beside it, got none');
  }
  const first = readIntegers(parameters, 'first');
  if (first !== null && first.length !== 1) throw new ParameterError('first', 'expected one number');
  const most = first === null ? Number.POSITIVE_INFINITY : checkSize('first', first[0]!);
  return (rows) => {
    // Totals of bets alone are asked for here.
    const bets = rows as readonly TotalsRow<'BET'>[];
    const ordered =
      by === undefined ? bets : orderRowsBy(bets, { by, direction: direction ?? 'DESC' }, betFigures);
    return ordered.slice(0, most);
  };
}

/** Rows that are in memory as one answer, in any format. */
function openTable(
  rows: readonly (readonly FlatValue[])[],
  columns: readonly TotalsColumn[],
  coverage: Coverage,
  csv: CsvAsk,
): OpenTable {
  const writer = createValueWriter(columns, async function* () {
    for (let start = 0; start < rows.length; start += ROWS_A_BATCH) {
      yield rows.slice(start, start + ROWS_A_BATCH);
    }
  });
  return {
    coverage,
    etag: async (representation) => quotedHash([representation, csv, columns, rows]),
    ...waysOut({
      ...{ name: 'totals', columns, coverage, csv },
      writer: async () => writer,
      count: async () => rows.length,
    }),
  };
}
