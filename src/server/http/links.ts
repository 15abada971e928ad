import type { FastifyRequest } from 'fastify';
import type { ServerSettings } from '../../config/server-settings.ts';
import { BadUserInputError } from '../../errors.ts';

type Reached = Pick<ServerSettings, 'publicUrl'>;

/**
 * What absolute links begin with, without a slash at its end: `server.publicUrl`, else the address that the request, or
 * a trusted proxy's X-Forwarded-*, names. Throws a BadUserInputError where that is no address.
 */
export function linkRoot({ protocol, host }: FastifyRequest, { publicUrl }: Reached): string {
  if (publicUrl !== undefined) return publicUrl;
  const address = `${protocol}://${host}`;
  if (!/^https?$/.test(protocol) || !URL.canParse(address) || new URL(address).pathname !== '/') {
    throw new BadUserInputError('Host: expected a name such as bi.example.com:443');
  }
  return address;
}

/** The path under which the gateway is reached: that of `server.publicUrl`, without a slash at its end. */
export function pathPrefix({ publicUrl }: Reached): string {
  return publicUrl === undefined ? '' : new URL(publicUrl).pathname.replace(/\/+$/, '');
}
