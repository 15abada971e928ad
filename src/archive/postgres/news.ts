import { setTimeout as wait } from 'node:timers/promises';
import pg from 'pg';
import { z } from 'zod';
import { recordKinds } from '../../records/record.ts';
import type { FeedKey } from '../archive.ts';
import type { Client } from './database.ts';
import { destroy } from './lines.ts';
import { holdSession, sessionName } from './sessions.ts';

/** What processes notify each other of, each by its topic. */
export type Item =
  | (FeedKey & { readonly topic: 'committed'; readonly from: number; readonly to: number })
  | (FeedKey & { readonly topic: 'released'; readonly from: number | null })
  /** A pace key's slot came free, or its next start was put off. */
  | { readonly topic: 'paced'; readonly key: string; readonly putOff: boolean }
  | { readonly topic: 'ordered'; readonly account: string }
  | { readonly topic: 'named' };
export type Topic = Item['topic'];
export type ItemOf<T extends Topic> = Extract<Item, { readonly topic: T }>;

/** News of the other processes at one database: quick, but lost while the connection is. */
export interface News {
  /** Names this process among those that share the database. */
  readonly owner: string;
  on<T extends Topic>(topic: T, listener: (item: ItemOf<T>) => void): () => void;
  /** Resolves once notifications arrive, or the connection for them failed for now. */
  listening(): Promise<void>;
  /** Whom leases and slots are taken by: while news come in, a name whose leases and slots end with this process. */
  holder(): string;
  /** How many times news began to come in or ceased: what was taken before may have been passed on. */
  breaks(): number;
  /** How many notifications could not be read: any role that may connect can send one. */
  unreadable(): number;
  close(): Promise<void>;
}

const CHANNEL = 'countroom';
const FIRST_WAIT_MS = 50;
// Others take the windows of a process that is away for longer.
const LONGEST_WAIT_MS = 250;
const LIMIT_MS = 5_000;
const LOOK_MS = 5_000;
const LEAVE_MS = 1_000;

/** The arguments of `pg_notify` that tell the other processes; inside a transaction, once it is committed. */
export function newsOf(owner: string, item: Item): [channel: string, payload: string] {
  return [CHANNEL, JSON.stringify({ owner, item })];
}

const feed = { account: z.string(), kind: z.enum(recordKinds) };
const message = z.object({
  owner: z.string(),
  item: z.discriminatedUnion('topic', [
    z.object({ ...feed, topic: z.literal('committed'), from: z.number(), to: z.number() }),
    z.object({ ...feed, topic: z.literal('released'), from: z.number().nullable() }),
    z.object({ topic: z.literal('paced'), key: z.string(), putOff: z.boolean() }),
    z.object({ topic: z.literal('ordered'), account: z.string() }),
    z.object({ topic: z.literal('named') }),
  ]),
});

/** The sender and the item of a notification; null where no gateway of this release sent it. */
export function readNews(payload: string): { readonly owner: string; readonly item: Item } | null {
  try {
    return message.safeParse(JSON.parse(payload)).data ?? null;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

export async function tell(client: Client, owner: string, item: Item): Promise<void> {
  await client.query('SELECT pg_notify($1, $2)', newsOf(owner, item));
}

/** Listens on a connection of its own from the first listener on; reconnects when it breaks. */
export function createNews(url: string, owner: string): News {
  const listeners = new Map<Topic, Set<(item: never) => void>>();
  const closing = new AbortController();
  let running: Promise<void> | null = null;
  let isHeard = false;
  let breaks = 0;
  let unreadable = 0;
  let answered: Promise<void> = Promise.resolve();

  function start(): void {
    if (running !== null || closing.signal.aborted) return;
    let firstAnswer = () => {};
    answered = new Promise((resolve) => {
      firstAnswer = resolve;
    });
    running = run(firstAnswer);
  }

  async function run(answer: () => void): Promise<void> {
    for (let pause = FIRST_WAIT_MS; !closing.signal.aborted; pause = Math.min(2 * pause, LONGEST_WAIT_MS)) {
      const heard = await listen(answer).catch(() => false);
      answer();
      if (heard) pause = FIRST_WAIT_MS;
      await wait(pause, undefined, { signal: closing.signal }).catch(() => undefined);
    }
  }

  /** Resolves with true when a connection that listened has ended. */
  async function listen(answer: () => void): Promise<boolean> {
    const client = new pg.Client({
      connectionString: url,
      application_name: 'countroom news',
      keepAlive: true,
      connectionTimeoutMillis: LIMIT_MS,
      query_timeout: LIMIT_MS,
    });
    const ended = new Promise<void>((resolve) => client.once('end', () => resolve()));
    const end = () => destroy(client);
    // Whatever the error, the connection ends and the next one takes its place.
    client.on('error', end);
    client.on('notification', ({ payload }) => deliver(payload ?? ''));
    const leave = () => {
      void client.end().catch(() => undefined);
      setTimeout(end, LEAVE_MS).unref();
    };
    closing.signal.addEventListener('abort', leave, { once: true });
    // Nothing is asked over it otherwise, and a peer that vanished sends no end.
    const look = setInterval(() => void client.query('SELECT 1').catch(end), LOOK_MS).unref();
    try {
      await client.connect();
      await holdSession(client, owner);
      await client.query(`LISTEN ${CHANNEL}`);
      hear(true);
      answer();
      if (closing.signal.aborted) leave();
      await ended;
      return true;
    } finally {
      hear(false);
      clearInterval(look);
      closing.signal.removeEventListener('abort', leave);
      end();
    }
  }

  function hear(now: boolean): void {
    if (isHeard !== now) breaks += 1;
    isHeard = now;
  }

  function deliver(payload: string): void {
    const received = readNews(payload);
    if (received === null) unreadable += 1;
    if (received === null || received.owner === owner) return;
    for (const listener of listeners.get(received.item.topic) ?? []) listener(received.item as never);
  }

  return {
    owner,
    on(topic, listener) {
      start();
      const known = listeners.get(topic) ?? new Set();
      listeners.set(topic, known.add(listener));
      return () => known.delete(listener);
    },
    listening() {
      start();
      return answered;
    },
    holder: () => (isHeard ? sessionName(owner) : owner),
    breaks: () => breaks,
    unreadable: () => unreadable,
    async close() {
      closing.abort();
      await running;
    },
  };
}
