import type { RequestContext } from '../../graph/context.ts';
import { show } from '../../graph/rows/ids.ts';
import { spellProvider } from '../../graph/schema/provider-name.ts';
import { checkMaxWait } from '../../graph/selection/checks.ts';
import { type Ask, visibleAccounts } from '../../graph/selection/scope.ts';
import { type FlatColumn, flatColumns } from '../../records/flat.ts';
import type { RecordKind } from '../../records/record.ts';
import { filterNames, readFilters } from './filters.ts';
import { ParameterError } from './parameter-error.ts';
import {
  type Parameters,
  readChoice,
  readChoices,
  readDuration,
  readFlag,
  readList,
  readText,
  readTime,
  refuseUnknown,
} from './parameters.ts';

/** What an export asks, read from its query parameters and checked. */
export interface ExportAsk extends Ask {
  readonly columns: readonly FlatColumn[];
  /** How long to wait for what is missing; null asks no provider. */
  readonly maxWaitMs: number | null;
  /** Whether rows with gaps are worse than none. */
  readonly completeRequired: boolean;
}

const axes = ['SETTLED', 'PLACED'] as const;

/** Every parameter an export of this kind takes. */
function parameterNames(kind: RecordKind): readonly string[] {
  const axis = kind === 'BET' ? ['axis'] : [];
  const shared = ['from', 'to', 'maxWait', 'complete', 'columns', 'raw', 'accounts', 'providers', 'players'];
  return [...shared, ...axis, ...filterNames(kind)];
}

/**
 * Reads an export's parameters. Throws a BadUserInputError naming the first that is missing, unknown or wrong;
 * an account that may not be seen is treated as one that does not exist.
 */
export function readExportAsk(kind: RecordKind, parameters: Parameters, context: RequestContext): ExportAsk {
  refuseUnknown(parameters, parameterNames(kind));
  const range = { from: readTime(parameters, 'from'), to: readTime(parameters, 'to') };
  if (range.from >= range.to)
    throw new ParameterError('to', `expected a time after from, got ${show(readText(parameters, 'to')!)}`);
  const maxWaitMs = readDuration(parameters, 'maxWait');
  return {
    kind,
    range,
    axis: readChoice(parameters, 'axis', axes) ?? 'SETTLED',
    ...readAccounts(parameters, context),
    players: readList(parameters, 'players'),
    where: readFilters(kind, parameters, context.players),
    columns: readColumns(kind, parameters),
    maxWaitMs: maxWaitMs === null ? null : checkMaxWait(maxWaitMs),
    completeRequired: readChoice(parameters, 'complete', ['required']) !== null,
  };
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
  const names = readChoices(
    parameters,
    'columns',
    known.map(({ name }) => name),
  );
  if (names === null) return known;
  const twice = names.find((name, at) => names.indexOf(name) !== at);
  if (twice !== undefined) throw new ParameterError('columns', `${show(twice)} came twice`);
  return names.map((name) => known.find((column) => column.name === name)!);
}
