import {
  type DocumentNode,
  type ExecutionResult,
  execute,
  type FragmentDefinitionNode,
  GraphQLIncludeDirective,
  type GraphQLObjectType,
  type GraphQLSchema,
  GraphQLSkipDirective,
  getVariableValues,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  OperationTypeNode,
  visit,
} from 'graphql';
import { executeFields } from './fields.ts';
import { type Plans, plan } from './plan.ts';
import { isPromise, note, type Run } from './run.ts';

export interface Execution {
  readonly document: DocumentNode;
  readonly operationName?: string | null;
  readonly context: unknown;
  /** As they were sent. */
  readonly variables?: Readonly<Record<string, unknown>>;
}

/** What is known of a document beforehand. */
interface Known {
  readonly fragments: Readonly<Record<string, FragmentDefinitionNode>>;
  /** The variables that decide which of its fields are there. */
  readonly deciding: readonly string[];
  readonly plans: Map<string, Plans>;
}

// Every variable more that decides on fields doubles what plans a document may have.
const PLANS_A_DOCUMENT = 16;

/**
 * Executes queries as graphql-js does, to the byte of the answer, but looks at a document's types and fields once and not
 * for every row. Plans live as long as their document does, in Apollo's bounded store. What is no query, and what a type
 * that tells its own objects apart (`isTypeOf`) would take, is left to graphql-js.
 */
export function createExecutor(
  schema: GraphQLSchema,
): (execution: Execution) => ExecutionResult | Promise<ExecutionResult> {
  const documents = new WeakMap<DocumentNode, Known>();
  const query = schema.getQueryType();
  const asks = Object.values(schema.getTypeMap()).some((type) => isObjectType(type) && type.isTypeOf != null);

  return ({ document, operationName, context, variables = {} }) => {
    const operation = operationOf(document, operationName ?? null);
    if (operation?.operation !== OperationTypeNode.QUERY || query == null || asks) {
      return execute({
        schema,
        document,
        operationName,
        contextValue: context,
        variableValues: variables as Record<string, unknown>,
      });
    }
    const { coerced, errors } = getVariableValues(schema, operation.variableDefinitions ?? [], variables, {
      maxErrors: 50,
    });
    if (errors !== undefined) return { errors };

    let known = documents.get(document);
    if (known === undefined) {
      known = lookAt(document);
      documents.set(document, known);
    }
    return executeQuery(known, operation, query, context, coerced);
  };

  function executeQuery(
    known: Known,
    operation: OperationDefinitionNode,
    type: GraphQLObjectType,
    context: unknown,
    variableValues: Readonly<Record<string, unknown>>,
  ): ExecutionResult | Promise<ExecutionResult> {
    const errors: Run['errors'] = [];
    const nulled: Run['nulled'] = new Set();
    const answer = (data: ExecutionResult['data']) => (errors.length === 0 ? { data } : { errors, data });
    const refused = (error: unknown) => {
      note({ errors, nulled }, error, undefined);
      return answer(null);
    };
    try {
      const plans = plansFor(known, operation, type, variableValues);
      const run: Run = { plans, context, variableValues, errors, nulled };
      const data = executeFields(run, plans.root, undefined, undefined);
      return isPromise(data) ? data.then(answer, refused) : answer(data);
    } catch (error) {
      return refused(error);
    }
  }

  function plansFor(
    { plans, fragments, deciding }: Known,
    operation: OperationDefinitionNode,
    type: GraphQLObjectType,
    variableValues: Readonly<Record<string, unknown>>,
  ): Plans {
    // Not given and null are refused with other words.
    const decided = deciding.map((name) => variableValues[name] ?? String(variableValues[name]));
    const key = JSON.stringify([operation.name?.value, ...decided]);
    let found = plans.get(key);
    if (found === undefined) {
      found = plan(operation, type, { schema, fragments, variableValues });
      if (plans.size >= PLANS_A_DOCUMENT) plans.clear();
      plans.set(key, found);
    }
    return found;
  }
}

/** The operation of that name; the only one where none is named; null where there is none, or several. */
function operationOf({ definitions }: DocumentNode, name: string | null): OperationDefinitionNode | null {
  const operations = definitions.filter((each) => each.kind === Kind.OPERATION_DEFINITION);
  if (name === null) return operations.length === 1 ? (operations[0] ?? null) : null;
  return operations.findLast((each) => each.name?.value === name) ?? null;
}

function lookAt(document: DocumentNode): Known {
  const fragments: Record<string, FragmentDefinitionNode> = Object.create(null);
  const deciding = new Set<string>();
  for (const each of document.definitions) {
    if (each.kind === Kind.FRAGMENT_DEFINITION) fragments[each.name.value] = each;
  }
  const names = [GraphQLSkipDirective.name, GraphQLIncludeDirective.name];
  visit(document, {
    Directive({ name, arguments: given = [] }) {
      if (!names.includes(name.value)) return;
      for (const { value } of given) if (value.kind === Kind.VARIABLE) deciding.add(value.name.value);
    },
  });
  return { fragments, deciding: [...deciding], plans: new Map() };
}
