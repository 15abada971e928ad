import type { FastifyInstance } from 'fastify';
import { UnavailableError } from '../../errors.ts';

/** Binds the port and gives the address to print; throws an UnavailableError that says which setting is at fault. */
export async function listen(app: FastifyInstance, host: string, port: number): Promise<string> {
  try {
    await app.listen({ host, port });
  } catch (cause) {
    throw toUnavailable(cause, host, port);
  }
  const address = app.server.address();
  const bound = typeof address === 'object' && address !== null ? address.port : port;
  return `http://${printed(host)}:${bound}`;
}

/** A server bound to every address is reached by this machine's own name. */
function printed(host: string): string {
  if (host === '0.0.0.0' || host === '::') return 'localhost';
  return host.includes(':') ? `[${host}]` : host;
}

function toUnavailable(cause: unknown, host: string, port: number): unknown {
  switch ((cause as NodeJS.ErrnoException).code) {
    case 'EADDRINUSE':
      return new UnavailableError(
        `server.port: ${port} is in use on ${host}; stop what holds it, or choose another (0 for any)`,
        { cause },
      );
    case 'EACCES':
      return new UnavailableError(
        `server.port: ${port} may not be bound by this user; choose one above 1023`,
        { cause },
      );
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return new UnavailableError(`server.host: ${host} is no address of this machine`, { cause });
    default:
      return cause;
  }
}
