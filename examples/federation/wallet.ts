import { LINK, type Subgraph } from './subgraph.ts';

/** A wallet: it keeps players under the graph's opaque ids, and owns their balance. */
export function createWallet(balanceOf: (playerId: string) => string | null): Subgraph {
  return {
    name: 'wallet',
    sdl: `${LINK}
      type Player @key(fields: "id") {
        id: ID!
        "Exact text; null for a player without a wallet."
        balance: String
      }`,
    resolvers: {
      Player: {
        __resolveReference: (player) => player,
        balance: (player) => balanceOf((player as { readonly id: string }).id),
      },
    },
  };
}
