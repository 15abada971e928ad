import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { UnavailableError } from '../errors.ts';
import type { Sandbox, SandboxReply } from '../providers/sandbox.ts';
import type { Fault } from './fault.ts';
import { type FaultName, faults } from './faults.ts';
import { send, sendBytes } from './send.ts';

export interface SandboxServerOptions {
  /** The sandboxes by the name they are hosted under. */
  readonly sandboxes: Readonly<Record<string, Sandbox>>;
  /** @default 127.0.0.1 */
  readonly host?: string;
  /** 0 takes any that is free. @default 0 */
  readonly port?: number;
  /** Milliseconds since the epoch, told in every answer's `Date`. @default Date.now */
  readonly clock?: () => number;
}

/** Sandboxes behind one real HTTP server, each under `/<name>`, with faults on request. */
export interface SandboxServer {
  readonly url: string;
  /** What an account's `baseUrl` is to be. */
  baseUrl(name: string): string;
  /**
   * Spoils the next `times` answers of a sandbox, those of one path only where it is given. Every request still
   * reaches the sandbox and is judged. Faults queue: the first that fits a request is met by it.
   */
  inject(name: string, fault: Fault | FaultName, times?: number, path?: string): void;
  /** How many injected faults no request has met yet. */
  pending(name: string): number;
  /** Forgets the faults not met yet. */
  heal(name: string): void;
  /** Drops every connection, hanging answers included. */
  close(): Promise<void>;
}

interface Injected {
  readonly fault: Fault;
  readonly path: string | undefined;
  left: number;
}

const MAX_REQUEST_BYTES = 1_000_000;

/** Starts the server; rejects with an UnavailableError where it cannot listen. */
export async function createSandboxServer(options: SandboxServerOptions): Promise<SandboxServer> {
  const { sandboxes, host = '127.0.0.1', port = 0, clock = Date.now } = options;
  const queues = new Map(Object.keys(sandboxes).map((name) => [name, [] as Injected[]]));

  function queueOf(name: string): Injected[] {
    const queue = queues.get(name);
    if (queue !== undefined) return queue;
    throw new RangeError(`sandbox: expected one of ${[...queues.keys()].join(', ')}, got ${name}`);
  }

  function takeFault(name: string, path: string): Fault | null {
    const queue = queueOf(name);
    const next = queue.find((each) => each.path === undefined || each.path === path);
    if (next === undefined) return null;
    next.left -= 1;
    if (next.left <= 0) queue.splice(queue.indexOf(next), 1);
    return next.fault;
  }

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    response.setHeader('date', new Date(clock()).toUTCString());
    const { name, path, query } = split(request.url ?? '/');
    const sandbox = Object.hasOwn(sandboxes, name) ? sandboxes[name] : undefined;
    const body = await read(request);
    if (body === null) return send(request, response, { status: 413, body: '' });
    if (sandbox === undefined) return send(request, response, { status: 404, body: '' });
    const reply: SandboxReply = sandbox.handle({
      method: request.method ?? 'GET',
      path,
      query,
      headers: headersOf(request),
      body,
    });
    const fault = takeFault(name, path);
    if (fault === null) return send(request, response, reply);
    await fault.play({ request, response, reply, now: clock() });
  }

  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => {
      // A sandbox that throws is a fault of ours, and said aloud; a client that left hears nothing either way.
      if (response.headersSent) return response.destroy();
      const body = `sandbox: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`;
      return sendBytes(
        response,
        { status: 500, headers: { 'content-type': 'text/plain' } },
        Buffer.from(body),
      );
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => {
      const got = cause.code ?? cause.message;
      reject(new UnavailableError(`sandbox: expected to listen on ${host}:${port}, got ${got}`, { cause }));
    });
    server.listen(port, host, resolve);
  });
  const { port: taken } = server.address() as AddressInfo;
  const url = `http://${host.includes(':') ? `[${host}]` : host}:${taken}`;

  return {
    url,
    baseUrl(name) {
      queueOf(name);
      return `${url}/${name}`;
    },
    inject(name, fault, times = 1, path) {
      queueOf(name).push({ fault: typeof fault === 'string' ? faults[fault] : fault, path, left: times });
    },
    pending: (name) => queueOf(name).reduce((total, { left }) => total + left, 0),
    heal(name) {
      queueOf(name).length = 0;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** `/vertexplay/v2/auth?x=1` as the sandbox's name, the path it knows and the query. */
function split(url: string): { readonly name: string; readonly path: string; readonly query: string } {
  const match = /^\/([^/?]+)(\/[^?]*)?(?:\?(.*))?/.exec(url);
  return { name: match?.[1] ?? '', path: match?.[2] ?? '/', query: match?.[3] ?? '' };
}

function headersOf({ headers }: IncomingMessage): Readonly<Record<string, string | undefined>> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : value]),
  );
}

async function read(request: IncomingMessage): Promise<string | null> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAX_REQUEST_BYTES) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
