import { buildSchema, type GraphQLObjectType } from 'graphql';
import { describe, expect, it } from 'vitest';
import { createCrm } from '../../examples/federation/crm.ts';
import { LINK } from '../../examples/federation/subgraph.ts';
import { compose } from '../../examples/federation/supergraph.ts';
import { printSubgraph } from '../../src/graph/schema/subgraph.ts';
import { providers } from '../../src/providers/registry.ts';
import { createSupport, crm, wallet } from './teams.ts';

const url = 'http://127.0.0.1';
const countroom = (exposeNode: boolean) => ({
  name: 'countroom',
  url,
  sdl: printSubgraph({ providers, exposeNode }),
});
const team = ({ name, sdl }: { readonly name: string; readonly sdl: string }) => ({ name, url, sdl });
const support = team(createSupport([], []));

function fieldsOf(supergraph: string, type: string): string[] {
  const found = buildSchema(supergraph, { assumeValidSDL: true }).getType(type) as GraphQLObjectType;
  return Object.keys(found.getFields());
}

describe('the supergraph', () => {
  it('joins what the CRM, the wallet and another Relay subgraph add to our entities', () => {
    const supergraph = compose([countroom(true), team(crm), team(wallet), support]);
    expect(fieldsOf(supergraph, 'Player')).toEqual(
      expect.arrayContaining(['id', 'username', 'bets', 'totals', 'vipLevel', 'balance']),
    );
    expect(fieldsOf(supergraph, 'Bet')).toEqual(expect.arrayContaining(['id', 'stake', 'disputed']));
    expect(fieldsOf(supergraph, 'Query')).toEqual(expect.arrayContaining(['node', 'nodes', 'bets', 'vips']));
    expect(fieldsOf(supergraph, 'PageInfo')).toHaveLength(4);
  });

  it('takes a subgraph that knows players by both keys, and accounts by theirs', () => {
    const loyalty = {
      name: 'loyalty',
      sdl: `${LINK}
        type Player @key(fields: "id") @key(fields: "username") { id: ID! username: String! points: Int! }
        type Account @key(fields: "id") { id: ID! contract: String }
        type Transfer @key(fields: "id") { id: ID! settledBy: String }
        type SeqNoFailure @key(fields: "id") { id: ID! ticket: String }`,
    };
    const supergraph = compose([countroom(true), team(loyalty)]);
    for (const [type, field] of [
      ['Player', 'points'],
      ['Account', 'contract'],
      ['Transfer', 'settledBy'],
      ['SeqNoFailure', 'ticket'],
    ] as const) {
      expect(fieldsOf(supergraph, type)).toContain(field);
    }
  });

  it('has the node of another subgraph where exposeNode is false, and says who clashes where it is not', () => {
    const owner = {
      ...support,
      sdl: support.sdl.replace('type Query {', 'type Query { node(id: ID!): Node'),
    };
    expect(fieldsOf(compose([countroom(false), owner]), 'Query')).toContain('node');
    expect(fieldsOf(compose([countroom(false), support]), 'Query')).not.toContain('node');
    expect(() => compose([countroom(true), owner])).toThrow(
      'Non-shareable field "Query.node" is resolved from multiple subgraphs',
    );
  });

  it('refuses a subgraph that would own a field of ours', () => {
    const rival = createCrm(new Map());
    const sdl = rival.sdl.replace('vipLevel: Int', 'vipLevel: Int accounts: [String!]!');
    expect(() => compose([countroom(true), team({ ...rival, sdl })])).toThrow('Player.accounts');
  });
});
