import {
  type FieldNode,
  type GraphQLField,
  type GraphQLObjectType,
  type OperationDefinitionNode,
  SchemaMetaFieldDef,
  type SelectionSetNode,
  TypeMetaFieldDef,
  TypeNameMetaFieldDef,
} from 'graphql';
import { type Collecting, collectFields } from './collect.ts';
import { type Complete, completeOf } from './complete.ts';
import { type Quick, quickOf } from './quick.ts';

/** A field of an operation: what is known of it before there is a value. */
export interface FieldPlan {
  /** Under which the answer has it. */
  readonly key: string;
  readonly parent: GraphQLObjectType;
  readonly field: GraphQLField<unknown, unknown>;
  readonly nodes: readonly FieldNode[];
  readonly quick: Quick | null;
  readonly complete: Complete;
  /** The fields below it, for an object of that type. */
  readonly below: (type: GraphQLObjectType) => readonly FieldPlan[];
}

/** An operation made ready to run, for one set of values of the variables that `@skip` and `@include` look at. */
export interface Plans extends Omit<Collecting, 'variableValues'> {
  readonly operation: OperationDefinitionNode;
  /** Its root fields. */
  readonly root: readonly FieldPlan[];
}

/** Plans an operation; what lies below a field is planned when it is first met. Throws a GraphQLError as execution does. */
export function plan(
  operation: OperationDefinitionNode,
  type: GraphQLObjectType,
  collecting: Collecting,
): Plans {
  const { schema, fragments } = collecting;

  function fieldsOf(
    parent: GraphQLObjectType,
    sets: readonly (SelectionSetNode | undefined)[],
  ): readonly FieldPlan[] {
    const fields: FieldPlan[] = [];
    for (const [key, nodes] of collectFields(collecting, parent, sets)) {
      const field = fieldNamed(parent, nodes[0]?.name.value ?? '');
      if (field !== undefined) fields.push(fieldPlan(key, parent, field, nodes));
    }
    return fields;
  }

  function fieldPlan(
    key: string,
    parent: GraphQLObjectType,
    field: GraphQLField<unknown, unknown>,
    nodes: readonly FieldNode[],
  ): FieldPlan {
    const known = new Map<GraphQLObjectType, readonly FieldPlan[]>();
    return {
      key,
      parent,
      field,
      nodes,
      quick: field === TypeNameMetaFieldDef ? () => parent.name : quickOf(field),
      complete: completeOf(field.type),
      below(of) {
        let fields = known.get(of);
        if (fields === undefined) {
          fields = fieldsOf(
            of,
            nodes.map(({ selectionSet }) => selectionSet),
          );
          known.set(of, fields);
        }
        return fields;
      },
    };
  }

  function fieldNamed(parent: GraphQLObjectType, name: string): GraphQLField<unknown, unknown> | undefined {
    if (name === TypeNameMetaFieldDef.name) return TypeNameMetaFieldDef;
    if (parent === schema.getQueryType()) {
      if (name === SchemaMetaFieldDef.name) return SchemaMetaFieldDef;
      if (name === TypeMetaFieldDef.name) return TypeMetaFieldDef;
    }
    return parent.getFields()[name];
  }

  return { schema, fragments, operation, root: fieldsOf(type, [operation.selectionSet]) };
}
