import {
  type ASTVisitor,
  type DocumentNode,
  type FragmentDefinitionNode,
  GraphQLError,
  Kind,
  type SelectionSetNode,
  type ValidationRule,
} from 'graphql';

/** How much one document may ask for. */
export interface Limits {
  /** Levels of fields; what is asked of `__schema` and `__type` has a limit of its own in graphql-js. */
  readonly depth: number;
  /** Aliases in an operation; those of a fragment count wherever it is spread. */
  readonly aliases: number;
  readonly directives: number;
  /** Members of a list in an argument or a variable. */
  readonly listSize: number;
  /** What an operation may cost, counted by `createCostCounter`. */
  readonly cost: number;
}

export type LimitName = 'depth' | 'aliases' | 'directives' | 'tokens' | 'listSize' | 'cost';

/** A document that asks for more than a limit allows: code QUERY_LIMIT_EXCEEDED, HTTP 400. */
export function limitError(limit: LimitName, max: number, found: number): GraphQLError {
  const shown = Math.min(found, Number.MAX_SAFE_INTEGER);
  return new GraphQLError(`the query has ${limit} ${shown}, more than the ${max} allowed`, {
    extensions: { code: 'QUERY_LIMIT_EXCEEDED', limit, max, found: shown, http: { status: 400 } },
  });
}

/** Refuses documents over the limits of depth, aliases, directives and lists, each with one error. */
export function limitRule(limits: Limits): ValidationRule {
  return (context): ASTVisitor => {
    let directives = 0;
    let longestList = 0;
    return {
      Document: {
        enter(document) {
          const { depth, aliases } = measure(document);
          if (depth > limits.depth) context.reportError(limitError('depth', limits.depth, depth));
          if (aliases > limits.aliases) context.reportError(limitError('aliases', limits.aliases, aliases));
        },
        leave() {
          if (directives > limits.directives) {
            context.reportError(limitError('directives', limits.directives, directives));
          }
          if (longestList > limits.listSize) {
            context.reportError(limitError('listSize', limits.listSize, longestList));
          }
        },
      },
      Directive() {
        directives++;
      },
      ListValue(node) {
        longestList = Math.max(longestList, node.values.length);
      },
    };
  };
}

// Deeper than anything the schema takes; what walks variables in calls of calls would run out of them.
const DEEPEST_VARIABLES = 100;

/**
 * Refuses variables that hold a list over the limit, with the `limitError`, or that are nested deeper than the schema
 * takes, with BAD_USER_INPUT; both are HTTP 400.
 */
export function checkVariables(variables: unknown, listSize: number): void {
  let level: readonly unknown[] = [variables];
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > DEEPEST_VARIABLES) {
      throw new GraphQLError(`variables: expected at most ${DEEPEST_VARIABLES} levels of lists and objects`, {
        extensions: { code: 'BAD_USER_INPUT', http: { status: 400 } },
      });
    }
    for (const value of level) {
      if (Array.isArray(value) && value.length > listSize) {
        throw limitError('listSize', listSize, value.length);
      }
    }
    level = level.flatMap((value) =>
      typeof value === 'object' && value !== null ? (Object.values(value) as unknown[]) : [],
    );
  }
}

interface Measure {
  readonly depth: number;
  readonly aliases: number;
}

/** The deepest and the most aliased operation of a document; every fragment is measured once. */
function measure(document: DocumentNode): Measure {
  const fragments = fragmentsOf(document);
  const measured = new Map<string, Measure>();

  function ofFragment(name: string): Measure {
    const known = measured.get(name);
    if (known !== undefined) return known;
    // A fragment that spreads itself is another rule's to refuse; here it only must end.
    measured.set(name, { depth: 0, aliases: 0 });
    const fragment = fragments.get(name);
    const result = fragment === undefined ? { depth: 0, aliases: 0 } : ofSelections(fragment.selectionSet);
    measured.set(name, result);
    return result;
  }

  function ofSelections({ selections }: SelectionSetNode): Measure {
    let depth = 0;
    let aliases = 0;
    for (const selection of selections) {
      let inner: Measure = { depth: 0, aliases: 0 };
      if (selection.kind === Kind.FRAGMENT_SPREAD) inner = ofFragment(selection.name.value);
      else if (selection.selectionSet !== undefined) inner = ofSelections(selection.selectionSet);
      aliases += inner.aliases;
      if (selection.kind === Kind.FIELD) {
        if (selection.alias !== undefined) aliases++;
        depth = Math.max(depth, isIntrospection(selection.name.value) ? 1 : inner.depth + 1);
      } else depth = Math.max(depth, inner.depth);
    }
    return { depth, aliases };
  }

  const operations = document.definitions.flatMap((definition) =>
    definition.kind === Kind.OPERATION_DEFINITION ? [ofSelections(definition.selectionSet)] : [],
  );
  return {
    depth: Math.max(0, ...operations.map((each) => each.depth)),
    aliases: Math.max(0, ...operations.map((each) => each.aliases)),
  };
}

export function fragmentsOf(document: DocumentNode): ReadonlyMap<string, FragmentDefinitionNode> {
  return new Map(
    document.definitions.flatMap((definition) =>
      definition.kind === Kind.FRAGMENT_DEFINITION ? [[definition.name.value, definition] as const] : [],
    ),
  );
}

/** The two fields through which the schema is asked for. */
export function isIntrospection(field: string): boolean {
  return field === '__schema' || field === '__type';
}
