import { createCrm } from '../../examples/federation/crm.ts';
import { LINK, type Subgraph } from '../../examples/federation/subgraph.ts';
import { createWallet } from '../../examples/federation/wallet.ts';
import { encodeId } from '../../src/graph/rows/ids.ts';

export const playerId = (username: string) => encodeId('Player', '', username);
export const betId = (key: string, account = 'vp-main') => encodeId('Bet', account, key);

/** Zoe is known to the CRM alone. */
export const crm = createCrm(
  new Map([
    ['ann', 3],
    ['zoe', 2],
    ['bob', 1],
  ]),
);

const balances = new Map([
  [playerId('ann'), '12.50'],
  [playerId('bob'), '0.360000'],
]);
export const wallet = createWallet((id) => balances.get(id) ?? null);

/**
 * Another Relay subgraph: a `Node` and a `PageInfo` of its own, references to bets and players by their ids, and a
 * field of its own on bets.
 */
export function createSupport(bets: readonly string[], players: readonly string[]): Subgraph {
  const tickets = bets.map((id, index) => ({ __typename: 'Ticket', id: `t${index}`, bet: { id } }));
  return {
    name: 'support',
    sdl: `${LINK}
      interface Node { id: ID! }
      type PageInfo @shareable {
        hasNextPage: Boolean! hasPreviousPage: Boolean! startCursor: String endCursor: String
      }
      type Ticket implements Node @key(fields: "id") { id: ID! bet: Bet! }
      type TicketEdge { cursor: String! node: Ticket! }
      type TicketConnection { edges: [TicketEdge!]! nodes: [Ticket!]! pageInfo: PageInfo! }
      type Bet @key(fields: "id") { id: ID! disputed: Boolean! }
      type Player @key(fields: "id") { id: ID! }
      type Query { tickets(first: Int!): TicketConnection! watched: [Player!]! }`,
    resolvers: {
      Query: {
        tickets: (_root, { first }) => {
          const nodes = tickets.slice(0, Number(first));
          const edges = nodes.map((node) => ({ cursor: node.id, node }));
          const [start, end] = [nodes[0]?.id ?? null, nodes.at(-1)?.id ?? null];
          const hasNextPage = nodes.length < tickets.length;
          return {
            nodes,
            edges,
            pageInfo: { hasNextPage, hasPreviousPage: false, startCursor: start, endCursor: end },
          };
        },
        watched: () => players.map((id) => ({ id })),
      },
      Ticket: {
        __resolveReference: (ticket) =>
          tickets.find(({ id }) => id === (ticket as { readonly id: string }).id) ?? null,
      },
      Bet: {
        __resolveReference: (bet) => bet,
        disputed: (bet) => bets.includes((bet as { readonly id: string }).id),
      },
    },
  };
}
