import { extendSchema, type GraphQLSchema, parse } from 'graphql';
import type { RequestContext } from '../context.ts';
import { entityTypes, resolveEntities } from './entities.ts';

const machinery = parse(`
  """What another subgraph knows of an entity: \`__typename\` and a key."""
  scalar _Any
  """Everything that other subgraphs may refer to."""
  union _Entity = ${entityTypes.join(' | ')}
  """This subgraph as a router composes it."""
  type _Service {
    """The schema with its federation directives."""
    sdl: String
  }
  extend type Query {
    """The entities behind what other subgraphs know of them, each in its place; null where there is none you may see."""
    _entities(representations: [_Any!]!): [_Entity]!
    """This subgraph’s own schema."""
    _service: _Service!
  }
`);

interface EntitiesArgs {
  readonly representations: readonly unknown[];
}

/**
 * The schema with the two fields that make it a Federation 2 subgraph (subgraph specification, "Enhanced
 * introspection with _service" and "Resolving entities"). `sdl` is what `_service` answers.
 */
export function extendToSubgraph(schema: GraphQLSchema, sdl: string): GraphQLSchema {
  const extended = extendSchema(schema, machinery);
  const { _entities, _service } = extended.getQueryType()?.getFields() ?? {};
  if (_entities === undefined || _service === undefined)
    throw new TypeError('expected a schema with a Query');
  _entities.resolve = (_root, { representations }: EntitiesArgs, context: RequestContext) =>
    resolveEntities(context, representations);
  _service.resolve = () => ({ sdl });
  return extended;
}
