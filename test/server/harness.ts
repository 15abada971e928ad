import { buildSchema, type GraphQLObjectType, type GraphQLSchema } from 'graphql';
import { Registry } from 'prom-client';
import { Agent, request } from 'undici';
import { afterEach } from 'vitest';
import type { z } from 'zod';
import { authSettings, serverSettings } from '../../src/config/server-settings.ts';
import type { RequestContext } from '../../src/graph/context.ts';
import type { Viewer } from '../../src/graph/viewer.ts';
import type { AuditEntry } from '../../src/server/audit/audit-log.ts';
import type { RouteFamily, ServerDeps } from '../../src/server/deps.ts';
import { createLogger } from '../../src/server/logger.ts';
import { createServer, type Server } from '../../src/server/server.ts';

const sdl = /* GraphQL */ `
  type Query {
    who: String!
    bets(first: Int, last: Int, after: String): BetConnection!
    nodes(ids: [ID!]!): [Node]!
    betTotals: Int!
    slow: String!
    fails: String!
    wait(ms: Int!): String
  }
  type Mutation {
    forget: Boolean
  }
  interface Node { id: ID! }
  type BetConnection { edges: [BetEdge!]! nodes: [Bet!]! totalCount: Int! }
  type BetEdge { cursor: String! node: Bet! }
  type Bet implements Node { id: ID! player: Player! }
  type Player implements Node { id: ID! username: String! bets(first: Int): BetConnection! }
`;

export type Resolvers = Readonly<
  Record<string, (args: Readonly<Record<string, unknown>>, viewer: Viewer) => unknown>
>;

/** A small graph in the shape of ours; the resolvers are those of its root. */
export function createSchema(resolvers: Resolvers): GraphQLSchema {
  const schema = buildSchema(sdl);
  const root = schema.getQueryType() as GraphQLObjectType;
  for (const [name, resolve] of Object.entries(resolvers)) {
    const field = root.getFields()[name];
    if (field === undefined) throw new TypeError(`no field ${name}`);
    field.resolve = (_source, args, context: RequestContext) => resolve(args, context.viewer);
  }
  const node = schema.getType('Node');
  if (node && 'resolveType' in node) node.resolveType = () => 'Bet';
  return schema;
}

export interface Options {
  readonly settings?: z.input<typeof serverSettings>;
  readonly auth?: z.input<typeof authSettings>;
  readonly resolvers?: Resolvers;
  readonly routes?: readonly RouteFamily[];
  readonly isReady?: () => boolean;
  readonly archiveTrouble?: () => string | null;
  readonly clock?: () => number;
  readonly port?: number;
  readonly secrets?: readonly string[];
  readonly isOverloaded?: () => boolean;
  readonly makeContext?: ServerDeps['makeContext'];
}

export interface Running {
  readonly url: string;
  readonly server: Server;
  readonly registry: Registry;
  readonly audited: AuditEntry[];
  /** Every line logged, parsed. */
  readonly logged: Record<string, unknown>[];
  readonly logText: () => string;
}

/** A promise kept by hand. */
export function deferred<T>() {
  let resolve: (value: T) => void = () => {};
  const promise = new Promise<T>((keep) => {
    resolve = keep;
  });
  return { promise, resolve };
}

export const bet = (id: string) => ({ id, player: { id: 'p', username: 'ann' } });
const page = (count: number) => ({
  nodes: Array.from({ length: count }, (_, index) => bet(String(index))),
  edges: Array.from({ length: count }, (_, index) => ({ cursor: String(index), node: bet(String(index)) })),
  totalCount: count,
});

const servers: Server[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

export async function build(options: Options = {}): Promise<Omit<Running, 'url'>> {
  const lines: string[] = [];
  const audited: AuditEntry[] = [];
  const registry = new Registry();
  const deps: ServerDeps = {
    settings: { ...serverSettings.parse(options.settings ?? {}), host: '127.0.0.1', port: options.port ?? 0 },
    auth: options.auth === undefined ? null : authSettings.parse(options.auth),
    schema: createSchema({
      who: (_args, viewer) => viewer.name,
      bets: ({ first }) => page(Number(first ?? 2)),
      nodes: ({ ids }) => (ids as string[]).map(bet),
      ...options.resolvers,
    }),
    makeContext:
      options.makeContext ??
      ((viewer) => ({ viewer, notices: [] }) as Pick<RequestContext, 'viewer' | 'notices'> as RequestContext),
    isReady: options.isReady ?? (() => true),
    archiveTrouble: options.archiveTrouble,
    logger: createLogger({
      level: 'debug',
      secrets: options.secrets ?? [],
      to: { write: (line) => lines.push(line) },
    }),
    registry,
    clock: options.clock ?? Date.now,
    isOverloaded: options.isOverloaded,
    audit: (entry) => audited.push(entry),
    routes: options.routes ?? [],
  };
  const server = await createServer(deps);
  servers.push(server);
  return {
    server,
    registry,
    audited,
    get logged() {
      return lines.map((line): Record<string, unknown> => JSON.parse(line));
    },
    logText: () => lines.join(''),
  };
}

export async function start(options: Options = {}): Promise<Running> {
  const built = await build(options);
  const { url } = await built.server.listen();
  return Object.defineProperty(built, 'url', { value: url }) as Running;
}

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
  // biome-ignore lint/suspicious/noExplicitAny: answers are looked into, field by field
  readonly json: any;
}

export interface Asking {
  readonly method?: 'GET' | 'POST' | 'HEAD' | 'OPTIONS';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly agent?: Agent;
}

export async function ask(
  url: string,
  { method = 'GET', headers = {}, body, agent }: Asking = {},
): Promise<Answer> {
  const response = await request(url, {
    method,
    headers,
    ...(body !== undefined && { body }),
    ...(agent && { dispatcher: agent }),
  });
  const text = await response.body.text();
  const isJson = /^application\/([\w-]+\+)?json/.test(String(response.headers['content-type']));
  return {
    status: response.statusCode,
    headers: response.headers,
    text,
    json: isJson && text !== '' ? JSON.parse(text) : null,
  };
}

/** Posts a GraphQL request as most clients do. */
export async function post(
  { url }: Pick<Running, 'url'>,
  body: Readonly<Record<string, unknown>> | string,
  headers: Readonly<Record<string, string>> = {},
): Promise<Answer> {
  const asked = typeof body === 'string' ? { query: body } : body;
  return ask(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(asked),
  });
}

export const bearer = (key: string) => ({ authorization: `Bearer ${key}` });
export const basic = (key: string, user = 'bi') => ({
  authorization: `Basic ${Buffer.from(`${user}:${key}`).toString('base64')}`,
});
export { Agent };
