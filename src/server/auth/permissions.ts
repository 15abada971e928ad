import type { Viewer } from '../../graph/viewer.ts';
import { usualCalls } from '../../records/usual-calls.ts';

/** Everything that can be permitted to a caller. */
export const permissions = [
  /** The graph, its explorer and the console. */
  'query',
  /** Rows in bulk: exports and OData. */
  'export',
  /** Making a provider be asked for what the archive lacks. */
  'fetch',
  /** Prometheus; its series name every account, so a key bound to some accounts never has it. */
  'read:metrics',
  /** Players by name; without it each is a pseudonym. */
  'read:players',
  /** The provider's own record of a row. */
  'read:raw',
  /** Quarantine, re-reading held intervals, and whatever else changes the archive by hand. */
  'administer',
] as const;
export type Permission = (typeof permissions)[number];

export type Role = Viewer['role'];
export const roles = ['viewer', 'bi', 'support', 'admin', 'player'] as const satisfies readonly Role[];

/** The one table of who may do what. */
export const permissionsOf: Readonly<Record<Role, readonly Permission[]>> = {
  viewer: ['query', 'fetch', 'read:metrics'],
  bi: ['query', 'export', 'fetch'],
  support: ['query', 'export', 'fetch', 'read:metrics', 'read:players', 'read:raw'],
  admin: permissions,
  // A player's own rows alone, in the player's own name; the provider's records stay with the operator.
  player: ['query', 'read:players'],
};

/**
 * What a route asks of its caller. `public` answers strangers, which health alone does; so does `page`, which links of
 * other sites may lead to, for what holds no data: a page that asks for a key, and its assets.
 */
export type Access = 'public' | 'page' | Permission;

/** What a key or a token says of its bearer. */
export interface Grant {
  readonly name: string;
  readonly role: Role;
  readonly accounts: readonly string[] | null;
  /** The player a `player` is; null for every other role. */
  readonly player: string | null;
  /** Provider calls a minute; null for no bound. @default the role’s */
  readonly calls?: number | null;
}

/** Whether a viewer may use a route. */
export function mayUse(viewer: Viewer, access: Access): boolean {
  if (access === 'public' || access === 'page') return true;
  if (access === 'read:metrics' && viewer.accounts !== null) return false;
  return permissionsOf[viewer.role].includes(access);
}

/** The viewer a grant makes; throws on role `player` without a player's name, which would see every player. */
export function toViewer(grant: Grant): Viewer {
  if ((grant.role === 'player') !== (grant.player !== null)) {
    throw new TypeError(`${grant.name}: expected a player's name with role player and with no other`);
  }
  const granted = permissionsOf[grant.role];
  return {
    name: grant.name,
    role: grant.role,
    accounts: grant.accounts,
    readsRaw: granted.includes('read:raw'),
    readsPlayers: granted.includes('read:players'),
    fetches: granted.includes('fetch'),
    callsPerMinute: grant.calls === undefined ? usualCalls[grant.role] : grant.calls,
    administers: granted.includes('administer'),
    onlyPlayer: grant.player,
  };
}

/** The viewer of a request that is not authenticated yet: it may see nothing. */
export const nobody: Viewer = toViewer({ name: 'nobody', role: 'viewer', accounts: [], player: null });
