import { type Router, startApolloRouter, startHiveRouter } from '../../examples/federation/routers.ts';
import { type Headers, serveSubgraph } from '../../examples/federation/subgraph.ts';
import { compose, readSdl } from '../../examples/federation/supergraph.ts';
import { noReads } from './counting-archive.ts';
import { type Countroom, keys, oldBets, openCountroom } from './countroom.ts';
import { betId, createSupport, crm, playerId, wallet } from './teams.ts';

export interface Answer {
  readonly data: Readonly<Record<string, unknown>> | null;
  readonly errors: readonly { readonly message: string; readonly code: unknown }[];
}

export type Ask = (query: string, headers?: Readonly<Record<string, string>>) => Promise<Answer>;

/** One router after another over the same subgraphs, everything on real sockets. */
export interface Harness {
  readonly countroom: Countroom;
  readonly routers: { readonly apollo: Ask; readonly hive: Ask };
  /** What the other teams were sent, in order. */
  readonly sent: { readonly to: string; readonly headers: Headers }[];
  /** Forgets what was read and sent so far. */
  forget(): void;
  close(): Promise<void>;
}

export const bearer = (key: string) => ({ authorization: `Bearer ${key}` });

export async function openHarness(): Promise<Harness> {
  const countroom = await openCountroom();
  const sent: { to: string; headers: Headers }[] = [];
  const support = createSupport(
    [betId('v1'), ...oldBets.map(({ key }) => betId(key))],
    oldBets.map(({ player }) => playerId(player)),
  );
  const teams = await Promise.all(
    [crm, wallet, support].map((team) =>
      serveSubgraph(team, (headers) => sent.push({ to: team.name, headers })),
    ),
  );
  const sdl = await readSdl(countroom.url, bearer(keys.router));
  const supergraph = compose([{ name: 'countroom', url: countroom.url, sdl }, ...teams]);
  const [apollo, hive] = await Promise.all([startApolloRouter(supergraph), startHiveRouter(supergraph)]);
  return {
    countroom,
    routers: { apollo: askOf(apollo), hive: askOf(hive) },
    sent,
    forget() {
      Object.assign(countroom.reads, noReads());
      countroom.audited.length = 0;
      sent.length = 0;
    },
    async close() {
      await Promise.all([apollo, hive].map((router) => router.close()));
      await Promise.all(teams.map((team) => team.close()));
      await countroom.close();
    },
  };
}

function askOf({ url }: Router): Ask {
  return async (query, headers = bearer(keys.router)) => {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify({ query }),
    });
    const { data, errors = [] } = (await response.json()) as {
      readonly data?: Answer['data'];
      readonly errors?: readonly {
        readonly message: string;
        readonly extensions?: { readonly code?: unknown };
      }[];
    };
    return {
      data: data ?? null,
      errors: errors.map(({ message, extensions }) => ({ message, code: extensions?.code })),
    };
  };
}
