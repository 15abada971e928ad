import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** A way to a server on loopback whose connections can fall silent, as those of a host that vanished do. */
export interface SilentProxy {
  /** The address that `url` has through it. */
  through(url: string): string;
  /**
   * From here on nothing passes over the connections there are, and neither side hears of it; gives how many. The server
   * gives them up after a while, as it does with peers that answer no keepalive. @default never
   */
  freeze(serverGivesUpAfterMs?: number): number;
  /** Whether one of its connections has this port at the server’s end. */
  comesFrom(port: number): boolean;
  /** Whether new connections are taken and never answered. */
  isSilent: boolean;
  close(): Promise<void>;
}

export async function startSilentProxy(port: number): Promise<SilentProxy> {
  const sockets = new Set<Socket>();
  const pairs = new Set<{ isFrozen: boolean; readonly target: Socket }>();
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (client) => {
    sockets.add(client.on('error', () => {}));
    if (proxy.isSilent) {
      client.resume();
      return;
    }
    const target = connect({ port, host: '127.0.0.1', allowHalfOpen: true, noDelay: true });
    sockets.add(target.on('error', () => {}));
    const pair = { isFrozen: false, target };
    pairs.add(pair);
    for (const [from, to] of [
      [client, target],
      [target, client],
    ] as const) {
      from.on('data', (data) => pair.isFrozen || to.write(data));
      from.on('end', () => pair.isFrozen || to.end());
      from.on('close', () => {
        if (pair.isFrozen) return;
        pairs.delete(pair);
        to.destroy();
      });
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const own = (server.address() as AddressInfo).port;
  const proxy: SilentProxy = {
    isSilent: false,
    through: (url) => url.replace(/:\d+\//, `:${own}/`),
    comesFrom: (at) => [...pairs].some(({ target }) => target.localPort === at),
    freeze(serverGivesUpAfterMs) {
      for (const pair of pairs) {
        pair.isFrozen = true;
        if (serverGivesUpAfterMs !== undefined)
          setTimeout(() => pair.target.destroy(), serverGivesUpAfterMs).unref();
      }
      const frozen = pairs.size;
      pairs.clear();
      return frozen;
    },
    async close() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
  return proxy;
}
