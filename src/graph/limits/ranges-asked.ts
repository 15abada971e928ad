import {
  type DocumentNode,
  type FieldNode,
  type GraphQLSchema,
  getNamedType,
  type OperationDefinitionNode,
  separateOperations,
  TypeInfo,
  valueFromASTUntyped,
  visit,
  visitWithTypeInfo,
} from 'graphql';
import { parseInstant } from '../../records/instant.ts';
import type { Interval } from '../../records/interval.ts';
import type { TimeAxis } from '../../records/query.ts';
import type { RecordKind } from '../../records/record.ts';

/** A range that a field may have fetched, as far as the document tells. */
export interface RangeAsk {
  readonly kind: RecordKind;
  readonly axis: TimeAxis;
  readonly range: Interval;
  readonly accounts: readonly unknown[] | null;
  readonly providers: readonly unknown[] | null;
}

/** What answers with rows of a kind, or their sums, and has fetched first what is missing of them. */
const kindsOf: Readonly<Record<string, RecordKind>> = {
  BetConnection: 'BET',
  BetTotals: 'BET',
  TransferConnection: 'TRANSFER',
  TransferTotals: 'TRANSFER',
  SeqNoFailureConnection: 'SEQ_NO_FAILURE',
  SeqNoTotals: 'SEQ_NO_FAILURE',
};

type Values = Readonly<Record<string, unknown>>;

/** A field of an operation that answers with rows of a kind, or their sums. */
interface Place {
  readonly kind: RecordKind;
  readonly node: FieldNode;
}

/**
 * Finds the ranges that an operation may have fetched, each once however many fields and entities share it. Expects a
 * valid document; what its resolvers will refuse is left out.
 */
export function createRangeFinder(schema: GraphQLSchema) {
  // A parsed document is kept for the next who sends it; where it asks for rows does not change with the variables.
  const kept = new WeakMap<OperationDefinitionNode, readonly Place[]>();

  return (document: DocumentNode, operation: OperationDefinitionNode, variables: Values): RangeAsk[] => {
    const places = kept.get(operation) ?? placesIn(schema, document, operation);
    kept.set(operation, places);
    const values = { ...defaultsOf(operation), ...variables };
    const found = new Map<string, RangeAsk>();
    for (const { kind, node } of places) {
      const ask = askOf(kind, argumentsOf(node, values));
      if (ask) found.set(JSON.stringify(ask), ask);
    }
    return [...found.values()];
  };
}

function placesIn(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
): readonly Place[] {
  const own = separateOperations(document)[operation.name?.value ?? ''] ?? document;
  const places: Place[] = [];
  const types = new TypeInfo(schema);
  visit(
    own,
    visitWithTypeInfo(types, {
      Field(node) {
        const type = types.getType();
        const kind = type && kindsOf[getNamedType(type).name];
        if (kind) places.push({ kind, node });
      },
    }),
  );
  return places;
}

function defaultsOf({ variableDefinitions = [] }: OperationDefinitionNode): Values {
  return Object.fromEntries(
    variableDefinitions.flatMap(({ variable, defaultValue }) =>
      defaultValue === undefined ? [] : [[variable.name.value, valueFromASTUntyped(defaultValue)]],
    ),
  );
}

function argumentsOf({ arguments: given = [] }: FieldNode, variables: Values): Values {
  return Object.fromEntries(
    given.map(({ name, value }) => [name.value, valueFromASTUntyped(value, variables)]),
  );
}

function askOf(kind: RecordKind, given: Values): RangeAsk | null {
  if (/^0+(ms|s|m|h|d)$/.test(String(given['maxWait']))) return null;
  const filter = isValues(given['filter']) ? given['filter'] : given;
  const range = isValues(filter['range']) ? filter['range'] : {};
  const [from = null, to = null] = [range['from'], range['to']].map(instantOf);
  if (from === null || to === null || from >= to) return null;
  return {
    kind,
    axis: filter['axis'] === 'PLACED' ? 'PLACED' : 'SETTLED',
    range: { from, to },
    accounts: listOf(filter['accounts']),
    providers: listOf(filter['providers']),
  };
}

/** An instant as the scalar reads it: what another parser would miss would cost nothing. */
function instantOf(value: unknown): number | null {
  return typeof value === 'string' ? parseInstant(value) : null;
}

/** A list as GraphQL takes it: one value stands for a list of it. */
function listOf(value: unknown): readonly unknown[] | null {
  if (value === null || value === undefined) return null;
  return Array.isArray(value) ? value : [value];
}

function isValues(value: unknown): value is Values {
  return typeof value === 'object' && value !== null;
}
