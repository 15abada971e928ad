/** How many provider calls a minute a role may cause where its key does not say; null for no bound. */
export const usualCalls = { viewer: 120, bi: 120, support: 120, admin: null, player: 0 } as const;
