import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

export interface PoolerOptions {
  /** How long a client keeps the connection it was lent: PgBouncer's `pool_mode`. */
  readonly mode: 'session' | 'transaction';
  /** The most connections to the database; clients beyond wait. */
  readonly size: number;
}

/** Whoever is connected to it shares a few connections to the database, the one given back last being lent first. */
export interface SmallPooler {
  through(url: string): string;
  close(): Promise<void>;
}

/** Speaks as much of PostgreSQL's protocol as a pooler must: who begins, and when a server is ready for the next. */
export async function startSmallPooler(url: string, { mode, size }: PoolerOptions): Promise<SmallPooler> {
  const { port, pathname } = new URL(url);
  const sockets = new Set<Socket>();
  const idle: Socket[] = [];
  const waiting: ((server: Socket) => void)[] = [];
  let open = 0;

  async function take(): Promise<Socket> {
    const last = idle.pop();
    if (last !== undefined) return last;
    if (open === size) return new Promise((resolve) => waiting.push(resolve));
    open += 1;
    return connectTo(Number(port), pathname.slice(1), sockets);
  }

  function giveBack(server: Socket): void {
    server.removeAllListeners('data');
    const next = waiting.shift();
    if (next === undefined) idle.push(server);
    else next(server);
  }

  const listener = createServer({ noDelay: true }, (client) => {
    sockets.add(client.on('error', () => {}));
    let server: Promise<Socket> | null = null;
    const letGo = (held: Socket) => {
      server = null;
      giveBack(held);
    };
    const borrow = async () => {
      const lent = await take();
      const read = eachMessage((type, message) => {
        client.write(message);
        if (mode === 'transaction' && type === 'Z' && message.toString('latin1', 5) === 'I') letGo(lent);
      });
      return lent.on('data', read);
    };
    client.once('data', () => {
      client.write(Buffer.concat([AUTHENTICATED, OWN_KEY, READY]));
      client.on(
        'data',
        eachMessage((type, message) => {
          if (type === 'X') return;
          server ??= borrow();
          void server.then((lent) => lent.write(message));
        }),
      );
    });
    client.on('close', () => void server?.then(letGo));
  });
  listener.listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const own = (listener.address() as AddressInfo).port;
  return {
    through: (address) => address.replace(/:\d+\//, `:${own}/`),
    async close() {
      for (const socket of sockets) socket.destroy();
      listener.close();
      await once(listener, 'close');
    },
  };
}

const AUTHENTICATED = Buffer.from([0x52, 0, 0, 0, 8, 0, 0, 0, 0]);
// A process of no server: poolers give a key of their own to cancel by.
const OWN_KEY = Buffer.from([0x4b, 0, 0, 0, 12, 0x7f, 0, 0, 1, 0, 0, 0, 7]);
const READY = Buffer.from([0x5a, 0, 0, 0, 5, 0x49]);

/** A connection to the database that is ready for its first query; its user is trusted. */
async function connectTo(port: number, database: string, sockets: Set<Socket>): Promise<Socket> {
  const server = connect({ port, host: '127.0.0.1', noDelay: true });
  sockets.add(server.on('error', () => {}));
  const names = Buffer.from(`user\0postgres\0database\0${database}\0\0`);
  const head = Buffer.alloc(8);
  head.writeInt32BE(names.length + 8, 0);
  head.writeInt32BE(196_608, 4);
  server.write(Buffer.concat([head, names]));
  await new Promise<void>((resolve) => {
    server.on(
      'data',
      eachMessage((type) => type === 'Z' && resolve()),
    );
  });
  server.removeAllListeners('data');
  return server;
}

/** Takes pieces of a stream and gives its whole messages: a letter, a length that counts itself, and the rest. */
function eachMessage(take: (type: string, message: Buffer) => void): (piece: Buffer) => void {
  let left = Buffer.alloc(0);
  return (piece) => {
    left = Buffer.concat([left, piece]);
    while (left.length >= 5 && left.length > left.readInt32BE(1)) {
      const end = left.readInt32BE(1) + 1;
      const message = left.subarray(0, end);
      left = left.subarray(end);
      take(String.fromCharCode(message[0] ?? 0), message);
    }
  };
}
