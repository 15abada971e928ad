import type { RequestContext } from '../../graph/context.ts';
import { show } from '../../graph/rows/ids.ts';
import { spellProvider } from '../../graph/schema/provider-name.ts';
import { checkMaxWait } from '../../graph/selection/checks.ts';
import { type Ask, visibleAccounts } from '../../graph/selection/scope.ts';
import { type FlatColumn, flatColumns } from '../../records/flat.ts';
import type { Interval } from '../../records/interval.ts';
import { type Where, withdrawnChoices } from '../../records/query.ts';
import type { RecordKind } from '../../records/record.ts';
import { filterNames, readFilters } from './filters.ts';
import type { ExportFormat } from './names.ts';
import { ParameterError } from './parameter-error.ts';
import {
  type Parameters,
  readChoice,
  readChoices,
  readDuration,
  readFlag,
  readList,
  readOptionalTime,
  readText,
  readTime,
  refuseUnknown,
} from './parameters.ts';

/** What an export asks, read from its query parameters and checked. */
export interface ExportAsk extends Omit<Ask, 'range'> {
  /** Null for rows of any time, which `changedSince` alone allows. */
  readonly range: Interval | null;
  /** Only rows archived after this time; null for all. */
  readonly changedSince: number | null;
  readonly columns: readonly FlatColumn[];
  /** How long to wait for what is missing; null asks no provider. */
  readonly maxWaitMs: number | null;
  /** Whether rows with gaps are worse than none. */
  readonly completeRequired: boolean;
  readonly csv: CsvAsk;
}

/** How a spreadsheet wants its CSV; nothing of it for other formats. */
export interface CsvAsk {
  /** Whether it begins with a byte order mark, by which Excel knows UTF-8. */
  readonly bom: boolean;
  readonly delimiter: string;
  readonly guard: boolean;
}

const delimiters = { comma: ',', semicolon: ';', tab: '\t', pipe: '|' } as const;

function readCsv(parameters: Parameters): CsvAsk {
  const asked = readText(parameters, 'delimiter') ?? ',';
  const delimiter = Object.entries(delimiters).find((each) => each.includes(asked))?.[1];
  if (delimiter === undefined) {
    const allowed = Object.keys(delimiters);
    throw new ParameterError('delimiter', `expected one of , ; | and tab, got ${show(asked)}`, allowed);
  }
  return {
    bom: readFlag(parameters, 'bom') === true,
    delimiter,
    guard: readFlag(parameters, 'guard') !== false,
  };
}

const axes = ['SETTLED', 'PLACED'] as const;

/** Every parameter that selects a kind's rows. */
function selectingNames(kind: RecordKind): readonly string[] {
  const axis = kind === 'BET' ? ['axis'] : [];
  const shared = ['from', 'to', 'maxWait', 'complete', 'columns', 'accounts', 'providers', 'players'];
  return [...shared, 'withdrawn', ...axis, ...filterNames(kind)];
}

/**
 * Reads an export's parameters. Throws a BadUserInputError naming the first that is missing, unknown or wrong;
 * an account that may not be seen is treated as one that does not exist.
 */
export function readExportAsk(
  kind: RecordKind,
  parameters: Parameters,
  context: RequestContext,
  format: ExportFormat = 'csv',
): ExportAsk {
  refuseOthers(kind, parameters, format, ['raw', 'changedSince']);
  const changedSince = readOptionalTime(parameters, 'changedSince');
  const selecting = readSelecting(kind, parameters, context);
  return {
    ...selecting,
    range: readRange(parameters, changedSince !== null),
    changedSince,
    where: both(
      selecting.where,
      changedSince === null ? null : { op: 'gt', column: 'archivedAt', value: changedSince },
    ),
    // Who follows changes has to hear of those that took a row away.
    withdrawn: selecting.withdrawn ?? (changedSince === null ? 'exclude' : 'include'),
    columns: readColumns(kind, parameters),
  };
}

/** What totals are asked for: rows are selected as for their own export, but never without a range. */
export function readTotalsAsk<K extends RecordKind>(
  kind: K,
  parameters: Parameters,
  context: RequestContext,
  format: ExportFormat,
  besides: readonly string[],
): Omit<ExportAsk, 'range' | 'changedSince' | 'columns'> & { readonly kind: K; readonly range: Interval } {
  refuseOthers(kind, parameters, format, besides);
  return { ...readSelecting(kind, parameters, context), kind, range: readWholeRange(parameters) };
}

function refuseOthers(
  kind: RecordKind,
  parameters: Parameters,
  format: ExportFormat,
  besides: readonly string[],
): void {
  const spreadsheet = format === 'csv' ? ['bom', 'delimiter', 'guard'] : [];
  refuseUnknown(parameters, [...selectingNames(kind), ...besides, ...spreadsheet]);
}

function readSelecting(kind: RecordKind, parameters: Parameters, context: RequestContext) {
  const maxWaitMs = readDuration(parameters, 'maxWait');
  return {
    kind,
    axis: readChoice(parameters, 'axis', axes) ?? 'SETTLED',
    ...readAccounts(parameters, context),
    players: readList(parameters, 'players'),
    where: readFilters(kind, parameters, context.players),
    withdrawn: readChoice(parameters, 'withdrawn', withdrawnChoices),
    maxWaitMs: maxWaitMs === null ? null : checkMaxWait(maxWaitMs),
    completeRequired: readChoice(parameters, 'complete', ['required']) !== null,
    csv: readCsv(parameters),
  };
}

/** The range of times; null where it may be left out, and was. */
function readRange(parameters: Parameters, isOptional: boolean): Interval | null {
  if (isOptional && parameters['from'] === undefined && parameters['to'] === undefined) {
    const needing = ['maxWait', 'complete', 'axis'].find((name) => parameters[name] !== undefined);
    if (needing === undefined) return null;
  }
  return readWholeRange(parameters);
}

/** The range of times; throws a ParameterError where it is missing, empty or reversed. */
export function readWholeRange(parameters: Parameters): Interval {
  const range = { from: readTime(parameters, 'from'), to: readTime(parameters, 'to') };
  if (range.from < range.to) return range;
  throw new ParameterError('to', `expected a time after from, got ${show(readText(parameters, 'to')!)}`);
}

function both(a: Where | null, b: Where | null): Where | null {
  return a === null ? b : b === null ? a : { op: 'and', of: [a, b] };
}

function readAccounts(
  parameters: Parameters,
  context: RequestContext,
): Pick<ExportAsk, 'accounts' | 'providers'> {
  const visible = visibleAccounts(context);
  const accounts = readChoices(
    parameters,
    'accounts',
    visible.map(({ id }) => id),
  );
  const served = context.deps.providers
    .map(({ name }) => name)
    .filter((name) => visible.some(({ provider }) => provider === name));
  const asked = readChoices(parameters, 'providers', served.map(spellProvider));
  const providers = asked === null ? null : served.filter((name) => asked.includes(spellProvider(name)));
  return { accounts, providers };
}

function readColumns(kind: RecordKind, parameters: Parameters): readonly FlatColumn[] {
  const known = flatColumns(kind, { raw: readFlag(parameters, 'raw') === true });
  return chosenColumns(parameters, known) ?? known;
}

/** The columns named by `columns`, in its order; null where it is absent. */
export function chosenColumns<C extends { readonly name: string }>(
  parameters: Parameters,
  known: readonly C[],
): readonly C[] | null {
  const names = readChoices(
    parameters,
    'columns',
    known.map(({ name }) => name),
  );
  if (names === null) return null;
  const twice = names.find((name, at) => names.indexOf(name) !== at);
  if (twice !== undefined) throw new ParameterError('columns', `${show(twice)} came twice`);
  return names.map((name) => known.find((column) => column.name === name)!);
}
