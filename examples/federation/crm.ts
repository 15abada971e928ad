import { LINK, type Subgraph } from './subgraph.ts';

/** A CRM: it knows players by the operator's name, and owns their VIP level. */
export function createCrm(levels: ReadonlyMap<string, number>): Subgraph {
  return {
    name: 'crm',
    sdl: `${LINK}
      type Query {
        "The players with a VIP level, the highest first."
        vips: [Player!]!
      }
      type Player @key(fields: "username") {
        username: String!
        "Null for a player the CRM does not know."
        vipLevel: Int
      }`,
    resolvers: {
      Query: {
        vips: () => [...levels].sort(([, a], [, b]) => b - a).map(([username]) => ({ username })),
      },
      Player: {
        __resolveReference: (player) => player,
        vipLevel: (player) => levels.get((player as { readonly username: string }).username) ?? null,
      },
    },
  };
}
