import type { IncomingMessage, ServerResponse } from 'node:http';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { SandboxReply } from '../providers/sandbox.ts';

const compress = promisify(gzip);
const WORTH_COMPRESSING = 1_024;

/** Sends a reply whole, compressed where the client takes gzip and it is worth it. */
export async function send(
  request: IncomingMessage,
  response: ServerResponse,
  reply: SandboxReply,
): Promise<void> {
  const plain = Buffer.from(reply.body, 'utf8');
  const accepts = String(request.headers['accept-encoding'] ?? '').includes('gzip');
  const zipped = accepts && plain.length > WORTH_COMPRESSING;
  const bytes = zipped ? await compress(plain, { level: 1 }) : plain;
  sendBytes(response, reply, bytes, zipped ? { 'content-encoding': 'gzip' } : {});
}

/** Sends a reply's status and headers with a body of one's own. */
export function sendBytes(
  response: ServerResponse,
  { status, headers = {} }: Pick<SandboxReply, 'status' | 'headers'>,
  bytes: Buffer,
  more: Readonly<Record<string, string>> = {},
): void {
  response.writeHead(status, { ...headers, 'content-length': String(bytes.length), ...more });
  response.end(bytes);
}
