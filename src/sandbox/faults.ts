import type { ServerResponse } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { editBody, type Fault } from './fault.ts';
import { rowFaults } from './row-faults.ts';
import { send, sendBytes } from './send.ts';

const HTML = '<!doctype html><html><body><h1>Access denied</h1></body></html>';
const MEBIBYTE = 1_048_576;

/** Answers with an HTTP status and a page of HTML, as proxies do. */
export function status(code: number, headers: Readonly<Record<string, string>> = {}): Fault {
  return {
    does: `answers HTTP ${code}`,
    play: ({ response }) =>
      sendBytes(
        response,
        { status: code, headers: { 'content-type': 'text/html', ...headers } },
        Buffer.from(HTML),
      ),
  };
}

/** Answers with a reply of one's own, e.g. a provider's error code. */
export function answer(body: string, headers: Readonly<Record<string, string>> = {}): Fault {
  return {
    does: 'answers something else',
    play: ({ request, response, reply }) =>
      send(request, response, { status: 200, headers: { ...reply.headers, ...headers }, body }),
  };
}

/** Sends other bytes for the body, its length fitting. */
function editBytes(
  does: string,
  edit: (body: Buffer) => Buffer,
  more: Readonly<Record<string, string>> = {},
): Fault {
  return {
    does,
    play: ({ response, reply }) => sendBytes(response, reply, edit(Buffer.from(reply.body, 'utf8')), more),
  };
}

/** Sends half of the body the headers promise, then does what `after` says with the connection. */
function halfBody(does: string, after: (response: ServerResponse) => void): Fault {
  return {
    does,
    play: ({ response, reply }) => {
      const bytes = Buffer.from(reply.body, 'utf8');
      response.writeHead(reply.status, { ...reply.headers, 'content-length': String(bytes.length) });
      response.write(bytes.subarray(0, bytes.length / 2), () => after(response));
    },
  };
}

/** Sends the answer a byte at a time; `everyMs` apart. */
export function drip(everyMs: number): Fault {
  return {
    does: `sends a byte every ${everyMs} ms`,
    play: async ({ response, reply }) => {
      const bytes = Buffer.from(reply.body, 'utf8');
      response.writeHead(reply.status, { ...reply.headers, 'content-length': String(bytes.length) });
      for (let index = 0; index < bytes.length && !response.destroyed; index += 1) {
        response.write(bytes.subarray(index, index + 1));
        await wait(everyMs, undefined, { ref: false });
      }
      response.end();
    },
  };
}

/** Sends a body of `mebibytes` before the end of anything readable, as fast as the client takes it. */
export function hugeBody(mebibytes: number): Fault {
  return {
    does: `sends ${mebibytes} MiB`,
    play: async ({ response, reply }) => {
      response.writeHead(reply.status, reply.headers);
      const spaces = Buffer.alloc(MEBIBYTE, ' ');
      for (let sent = 0; sent < mebibytes && !response.destroyed; sent += 1) {
        await new Promise<void>((resolve) => {
          response.once('close', resolve);
          response.write(spaces, () => {
            response.off('close', resolve);
            resolve();
          });
        });
      }
      response.end(reply.body);
    },
  };
}

/** Sends a small body that decodes to `mebibytes`. */
export function gzipBomb(mebibytes: number): Fault {
  return {
    does: `sends a body that decodes to ${mebibytes} MiB`,
    play: ({ response, reply }) => {
      const member = gzipSync(Buffer.alloc(MEBIBYTE, ' '));
      const bytes = Buffer.concat(Array.from({ length: mebibytes }, () => member));
      sendBytes(response, reply, bytes, { 'content-encoding': 'gzip' });
    },
  };
}

/** Leads to another place. */
export function redirect(location: string): Fault {
  return { ...status(302, { location }), does: 'redirects to another host' };
}

/** 429 with `Retry-After` in seconds or, of the same moment, as an HTTP date. */
export function tooManyRequests(seconds: number, form: 'seconds' | 'date' = 'seconds'): Fault {
  return {
    does: `answers HTTP 429 with a Retry-After of ${seconds} s as ${form === 'date' ? 'a date' : 'seconds'}`,
    play: (stage) => {
      const until = new Date(stage.now + seconds * 1_000).toUTCString();
      return status(429, { 'retry-after': form === 'date' ? until : String(seconds) }).play(stage);
    },
  };
}

/** Every fault that needs no argument, by name. */
export const faults = {
  internalError: status(500),
  badGateway: status(502),
  unavailable: status(503),
  gatewayTimeout: status(504),
  unauthorized: status(401),
  forbidden: status(403),
  notFound: status(404),
  tooManyRequests: tooManyRequests(1),
  tooManyRequestsUntil: tooManyRequests(2, 'date'),
  hangUp: {
    does: 'closes the connection without an answer',
    play: ({ response }) => void response.destroy(),
  },
  hang: { does: 'accepts the request and never answers', play: () => {} },
  hangMidBody: halfBody('stops in the middle of the body and never goes on', () => {}),
  resetMidBody: halfBody('resets the connection in the middle of the body', ({ socket }) => {
    socket?.resetAndDestroy();
  }),
  closeMidBody: halfBody('closes the connection before the promised length', ({ socket }) => {
    socket?.end();
  }),
  drip: drip(1_000),
  truncatedJson: editBody('sends half of the JSON with a fitting length', (body) =>
    body.slice(0, Math.floor(body.length / 2)),
  ),
  truncatedGzip: editBytes(
    'sends half of the gzip stream with a fitting length',
    (body) => {
      const bytes = gzipSync(body);
      return bytes.subarray(0, Math.floor(bytes.length / 2));
    },
    { 'content-encoding': 'gzip' },
  ),
  notGzip: editBytes('says gzip and sends none', (body) => body, { 'content-encoding': 'gzip' }),
  html: { ...status(200), does: 'answers a page of HTML with HTTP 200' },
  empty: editBody('answers nothing at all with HTTP 200', () => ''),
  bom: editBody('begins with a byte order mark', (body) => `\uFEFF${body}`),
  invalidUtf8: editBytes('sends bytes that are no UTF-8', (body) =>
    Buffer.concat([body.subarray(0, -1), Buffer.from([0xc3, 0x28]), body.subarray(-1)]),
  ),
  wrongContentType: {
    does: 'sends the right answer as text/plain',
    play: ({ request, response, reply }) =>
      send(request, response, { ...reply, headers: { ...reply.headers, 'content-type': 'text/plain' } }),
  },
  redirect: redirect('http://127.0.0.2:9/elsewhere'),
  hugeBody: hugeBody(96),
  gzipBomb: gzipBomb(256),
  ...rowFaults,
} as const satisfies Readonly<Record<string, Fault>>;

export type FaultName = keyof typeof faults;
