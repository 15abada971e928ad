import { connect, createServer as createTcpServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer, type TlsOptions } from 'node:tls';

/** A door before a server: it can be shut, and it can ask for TLS. */
export interface Front {
  readonly port: number;
  /** From then on connections are refused. */
  shut(): Promise<void>;
  open(): Promise<void>;
}

export async function createFront(to: number, tls?: TlsOptions): Promise<Front> {
  const sockets = new Set<Socket>();
  const pass = (socket: Socket) => {
    const inner = connect(to, '127.0.0.1');
    sockets.add(socket);
    socket.on('close', () => {
      sockets.delete(socket);
      inner.destroy();
    });
    inner.on('close', () => socket.destroy());
    for (const each of [socket, inner]) each.on('error', () => each.destroy());
    socket.pipe(inner).pipe(socket);
  };
  const make = () => (tls === undefined ? createTcpServer(pass) : createTlsServer(tls, pass));
  let server = make();
  const port = await listen(server, 0);
  return {
    port,
    async shut() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
    async open() {
      server = make();
      await listen(server, port);
    },
  };
}

function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    // A client that refuses our certificate hangs up in the middle of the handshake.
    server.on('tlsClientError', (_, socket: Socket) => socket.destroy());
    server.listen(port, '127.0.0.1', () => {
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : port);
    });
  });
}
