import DataLoader from 'dataloader';
import { newest, ofPlayers, type PeerRow } from './rows.ts';

/** As much of countroom's graph as the bench asks of all of them. */
export const typeDefs = `
  type Bet {
    id: ID!
    providerBetId: String!
    providerUsername: String!
    gameCode: String
    gameType: String
    roundId: String
    currency: String!
    stake: String!
    payout: String!
    netWin: String!
    status: String!
    settledAt: String
  }
  type BetConnection { nodes: [Bet!]! }
  type Player { username: String!  bets(first: Int): BetConnection }
  type Query { bets(first: Int): BetConnection  players(names: [String!]!): [Player!]! }
`;

export interface PeerContext {
  readonly bets: DataLoader<string, readonly PeerRow[]>;
}

/** What one request has of its own. */
export function makeContext(): PeerContext {
  return { bets: new DataLoader(async (names) => names.map((name) => ofPlayers.get(name) ?? [])) };
}

export const resolvers = {
  Query: {
    bets: (_: unknown, { first }: { first?: number }) => ({ nodes: newest.slice(0, first ?? 50) }),
    players: (_: unknown, { names }: { names: readonly string[] }) => names.map((username) => ({ username })),
  },
  Player: {
    bets: async (
      { username }: { username: string },
      { first }: { first?: number },
      { bets }: PeerContext,
    ) => ({
      nodes: (await bets.load(username)).slice(0, first ?? 50),
    }),
  },
};
