import type { Players } from '../../graph/viewer.ts';
import type { Scalar, Where } from '../../records/query.ts';
import type { RecordKind } from '../../records/record.ts';
import { type Parameters, readChoices, readFlag, readIntegers, readList } from './parameters.ts';

type Reader = (parameters: Parameters, name: string) => readonly Scalar[] | null;

interface Filter {
  readonly name: string;
  readonly column: string;
  readonly read: Reader;
}

function filter(name: string, column: string, read: Reader = readList): Filter {
  return { name, column, read };
}

function choices(...allowed: readonly string[]): Reader {
  return (parameters, name) => readChoices(parameters, name, allowed);
}

function flag(parameters: Parameters, name: string): readonly Scalar[] | null {
  const value = readFlag(parameters, name);
  return value === null ? null : [value];
}

const filters: Readonly<Record<RecordKind, readonly Filter[]>> = {
  BET: [
    filter('games', 'gameCode'),
    filter('gameTypes', 'gameType'),
    filter('betTypes', 'betType'),
    filter('tables', 'tableId'),
    filter('currencies', 'currency'),
    filter('statuses', 'status', choices('OPEN', 'SETTLED', 'REFUNDED', 'UNKNOWN')),
    filter('outcomes', 'outcome', choices('WIN', 'LOSE', 'PUSH', 'UNKNOWN')),
    filter('roundIds', 'roundId'),
    filter('providerBetIds', 'key'),
  ],
  TRANSFER: [
    filter('currencies', 'currency'),
    filter('directions', 'direction', choices('DEPOSIT', 'WITHDRAWAL')),
    filter('transactionCodes', 'key'),
  ],
  SEQ_NO_FAILURE: [
    filter('events', 'event'),
    filter('statusCodes', 'statusCode', readIntegers),
    filter('seqNos', 'seqNo'),
    filter('succeeded', 'succeeded', flag),
  ],
};

/** The graph's filters of a kind, as query parameters, without those every kind has. */
export function filterNames(kind: RecordKind): readonly string[] {
  return filters[kind].map((each) => each.name);
}

/** The condition that a kind's filter parameters make; null where none is given. */
export function readFilters(kind: RecordKind, parameters: Parameters, players: Players): Where | null {
  const of = filters[kind].flatMap(({ name, column, read }): Where[] => {
    const values = read(parameters, name);
    if (values === null) return [];
    return [
      {
        op: 'in',
        column,
        values: column === 'seqNo' ? values.map((value) => players.unsealed(`${value}`)) : values,
      },
    ];
  });
  return of.length === 0 ? null : { op: 'and', of };
}
