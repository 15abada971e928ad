import type { RequestContext } from '../../graph/context.ts';
import { coverSelection, select } from '../../graph/selection/scope.ts';
import type { RowQuery } from '../../records/query.ts';
import type { RecordKind } from '../../records/record.ts';
import { type ExportAsk, readExportAsk } from './ask.ts';
import { etagOf } from './etag.ts';
import { createFlatWriter } from './flat-writer.ts';
import { fileNameOf, type OpenTable, type ReadTable, waysOut } from './table.ts';

// Stands for a range where none was asked for: nothing is read by it.
const NO_RANGE = { from: 0, to: 0 };

/** Reads what is asked of one kind's rows. */
export function readRowsExport(name: string, kind: RecordKind): ReadTable {
  return (parameters, context, format) => {
    const ask = readExportAsk(kind, parameters, context, format);
    return {
      completeRequired: ask.completeRequired,
      fileName: fileNameOf(name, ask.range, ask.changedSince),
      open: () => openRows(context, name, ask),
    };
  };
}

/** Covers a range of rows and says what is missing, before one of them is read; they come in the order of the graph's lists. */
async function openRows(context: RequestContext, name: string, ask: ExportAsk): Promise<OpenTable> {
  const { range } = ask;
  const selection = await select(context, { ...ask, range: range ?? NO_RANGE });
  const covered = range === null ? null : await coverSelection(context, selection, ask.maxWaitMs);
  const coverage = covered === null ? null : covered.coverage;
  const query: RowQuery = { ...selection.query, range };
  return {
    coverage,
    etag: (representation) => etagOf(context, ask, { coverage, query }, representation),
    ...waysOut({
      ...{ name, coverage, columns: ask.columns, csv: ask.csv },
      writer: () => createFlatWriter(context, query, ask.columns),
      count: () => context.deps.archive.count(query),
    }),
  };
}
