import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { FastifyRequest } from 'fastify';
import { HeadersTooLargeError, UriTooLongError } from './refusal.ts';

/** The longest address that is answered, in bytes: the slicers of BI tools write a condition for each value chosen. */
export const MAX_URL = 65_536;

const MAX_HEADERS = 16_384;

/** What Node takes before it breaks off: more than is answered, so that what is too long can be told why. */
export const MAX_HEAD = 2 * MAX_URL;

/** Throws a UriTooLongError or a HeadersTooLargeError for a request whose first line or headers are too long. */
export function checkLength({ raw }: FastifyRequest): void {
  if ((raw.url ?? '').length > MAX_URL) throw uriTooLong();
  const size = raw.rawHeaders.reduce((sum, part) => sum + part.length + 2, 0);
  if (size > MAX_HEADERS) throw headersTooLarge();
}

function uriTooLong(): UriTooLongError {
  return new UriTooLongError(`the address is longer than ${MAX_URL} bytes: choose fewer values, or $batch`);
}

function headersTooLarge(): HeadersTooLargeError {
  return new HeadersTooLargeError(`the headers are longer than ${MAX_HEADERS} bytes`);
}

interface ClientError extends Error {
  readonly code?: string;
  /** What came last: a Buffer, whatever fastify's types say. */
  readonly rawPacket?: unknown;
}

/** Answers what is no HTTP request, or more of one than Node takes, in the shape of every other error. */
export function answerClientError(error: ClientError, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const { status, code, message } = describe(error);
  const body = JSON.stringify({ error: { code, message } });
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    `content-length: ${body.length}`,
    'content-type: application/json; charset=utf-8',
    'cache-control: no-store',
    'connection: close',
  ];
  // What is still on its way is taken in: a connection closed over unread bytes is reset, its answer with it.
  let taken = 0;
  socket.removeAllListeners('data');
  socket.on('data', (chunk: Buffer) => {
    taken += chunk.length;
    if (taken > MAX_HEAD) socket.destroy();
  });
  const timer = setTimeout(() => socket.destroy(), 5_000).unref();
  socket.once('close', () => clearTimeout(timer));
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
}

function describe(error: ClientError): { status: number; code: string; message: string } {
  if (error.code === 'ERR_HTTP_REQUEST_TIMEOUT')
    return { status: 408, code: 'REQUEST_TIMEOUT', message: 'the request did not arrive in time' };
  if (error.code !== 'HPE_HEADER_OVERFLOW')
    return { status: 400, code: 'BAD_REQUEST', message: 'this is no HTTP request' };
  // Only the last piece that came is known: without an end of a line it is of the address, or of one endless header.
  const refusal = isAddress(error) ? endless : headersTooLarge();
  return { status: refusal.statusCode, code: refusal.code, message: refusal.message };
}

const endless = new UriTooLongError(
  `the address is longer than ${MAX_URL} bytes (or a header than ${MAX_HEADERS})`,
);

function isAddress({ rawPacket }: ClientError): boolean {
  const [line = '', ...more] = (Buffer.isBuffer(rawPacket) ? rawPacket.toString('latin1') : '\n').split(
    '\n',
    2,
  );
  return more.length === 0 || / HTTP\/\d\.\d\r?$/.test(line);
}
