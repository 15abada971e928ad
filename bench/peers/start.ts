import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { addressOf } from '../../test/address.ts';
import { createAsk } from '../graph.ts';
import { PLAYERS, TWELVE } from './rows.ts';

/** One of those that answer the same questions, in a process of its own. */
export interface Peer {
  readonly name: string;
  readonly pid: number;
  /** A page of bets with twelve fields. */
  page(first: number): Promise<void>;
  /** Ten bets of each of 500 players. */
  nested(): Promise<void>;
  close(): Promise<void>;
}

interface Questions {
  readonly page: (first: number) => readonly [query: string, variables: Readonly<Record<string, unknown>>];
  readonly nested: readonly [query: string, variables: Readonly<Record<string, unknown>>];
}

/** How a server that listens already is asked. */
export function peerAt(
  at: { readonly name: string; readonly url: string; readonly pid: number },
  { page, nested }: Questions,
  close: () => Promise<void>,
): Peer {
  // Sixty-four connections: fifty clients do not wait for each other.
  const router = createAsk(at.url, {}, 64);
  return {
    name: at.name,
    pid: at.pid,
    page: (first) => router.ask(...page(first)),
    nested: () => router.ask(...nested),
    async close() {
      await router.close();
      await close();
    },
  };
}

const players = Array.from({ length: PLAYERS }, (_, at) => `player${at}`);

const fromMemory: Questions = {
  page: (first) => [`query ($first: Int) { bets(first: $first) { nodes { ${TWELVE} } } }`, { first }],
  nested: [
    `query ($names: [String!]!) { players(names: $names) { username bets(first: 10) { nodes { ${TWELVE} } } } }`,
    { names: players },
  ],
};

/** The questions as countroom is asked them, over a range that its archive holds. */
export function ofCountroom(range: { readonly from: string; readonly to: string }): Questions {
  return {
    page: (first) => [
      `query ($range: TimeRange!, $first: Int) { bets(filter: { range: $range }, first: $first, maxWait: "0s") { nodes { ${TWELVE} } } }`,
      { range, first },
    ],
    nested: [
      `query ($range: TimeRange!, $names: [_Any!]!) { _entities(representations: $names) { ... on Player { username
        bets(range: $range, first: 10, maxWait: "0s") { nodes { ${TWELVE} } } } } }`,
      { range, names: players.map((username) => ({ __typename: 'Player', username })) },
    ],
  };
}

const program = fileURLToPath(new URL('./serve.ts', import.meta.url));

/** Starts a peer that has its rows in memory, as in production. */
export async function startPeer(name: string): Promise<Peer> {
  const child = spawn(process.execPath, ['--import', 'tsx', program, name], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, NODE_ENV: 'production' },
  });
  const url = await addressOf(child);
  return peerAt({ name, url, pid: child.pid ?? 0 }, fromMemory, () => ended(child));
}

async function ended(child: ChildProcess): Promise<void> {
  const exit = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  await exit;
}
