import type { Socket } from 'node:net';
import type { Readable } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';
import { buildConnector, Client, type Dispatcher } from 'undici';
import { UpstreamError } from '../errors.ts';
import type { HttpRequest, HttpResponse } from './call.ts';

export interface HttpSend {
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
  /** Told at the instant the request is written on an open connection. */
  readonly onWritten: () => void;
  /** Told when the answer's headers have come. */
  readonly onAnswered?: () => void;
}

/** HTTP to one origin: connections are opened ahead of the calls, answers bounded in time and decoded size. */
export interface Http {
  /** Resolves when a connection is open and idle. Rejects with an UpstreamError. */
  open(): Promise<void>;
  /** Rejects with an UpstreamError for everything but a whole, readable answer. */
  send(request: HttpRequest, options: HttpSend): Promise<HttpResponse>;
  close(): Promise<void>;
  /** Where requests go: name and port. */
  readonly host: string;
}

export interface HttpOptions {
  /** The account's id, for messages. */
  readonly account: string;
  /** Where requests go; nothing leads elsewhere. */
  readonly baseUrl: string;
  /** Most bytes of one decoded answer. @default 64 MiB */
  readonly maxBodyBytes?: number;
  readonly connectTimeoutMs?: number;
}

const MOST_CONNECTIONS = 64;

/**
 * Clients of one connection each rather than a pool: a pool may choose a closed connection although another
 * is open, and the interval between two calls is measured from writing on an open one.
 */
export function createHttp(options: HttpOptions): Http {
  const { account, baseUrl, maxBodyBytes = 64 * 1024 * 1024, connectTimeoutMs = 5_000 } = options;
  const base = new URL(baseUrl);
  const prefix = base.pathname.replace(/\/+$/, '');
  const connector = buildConnector({ timeout: connectTimeoutMs, allowH2: false });
  const clients: Client[] = [];
  let spare: Socket | null = null;

  function connect(to: buildConnector.Options, callback: buildConnector.Callback): void {
    const socket = spare;
    spare = null;
    if (socket === null || socket.destroyed) {
      connector(to, callback);
    } else {
      // Not at once: a client is not ready for its socket before its connector has returned.
      queueMicrotask(() => callback(null, socket));
    }
  }

  const isIdle = (client: Client) => client.stats.size === 0 && !client.destroyed;

  function openSpare(): Promise<void> {
    return new Promise((resolve, reject) => {
      const to = { hostname: base.hostname, host: base.host, protocol: base.protocol, port: base.port };
      connector(to, (error, socket) => {
        if (error !== null) return reject(failure(account, 'connect', error));
        spare = socket;
        const forget = () => {
          if (spare === socket) spare = null;
        };
        socket.once('close', forget).once('end', forget).once('error', forget);
        resolve();
      });
    });
  }

  async function open(): Promise<void> {
    if (clients.some((client) => isIdle(client) && client.stats.connected)) return;
    if (spare !== null && !spare.destroyed) return;
    await openSpare();
  }

  function clientToUse(): Client {
    const open = clients.find((client) => isIdle(client) && client.stats.connected);
    const idle = open ?? clients.find(isIdle);
    if (idle !== undefined) return idle;
    if (clients.length >= MOST_CONNECTIONS)
      throw new Error(`${account}: more calls in flight than connections`);
    const client = new Client(base.origin, { connect, pipelining: 1, allowH2: false });
    clients.push(client);
    return client;
  }

  async function send(
    request: HttpRequest,
    { timeoutMs, signal, onWritten, onAnswered = () => {} }: HttpSend,
  ): Promise<HttpResponse> {
    const deadline = AbortSignal.timeout(timeoutMs);
    const abort = signal === undefined ? deadline : AbortSignal.any([signal, deadline]);
    try {
      const answer = await clientToUse()
        .compose(
          (dispatch) => (dispatchOptions, handler) =>
            dispatch(dispatchOptions, noteTimes(handler, onWritten, onAnswered)),
        )
        .request({
          method: request.method,
          path: `${prefix}${request.path}`,
          headers: { 'accept-encoding': 'gzip', accept: 'application/json', ...request.headers },
          body: request.body,
          headersTimeout: timeoutMs,
          bodyTimeout: timeoutMs,
          signal: abort,
        });
      return await readAnswer(answer);
    } catch (error) {
      if (signal?.aborted === true) throw signal.reason;
      if (error instanceof UpstreamError) throw error;
      if (deadline.aborted) {
        throw new UpstreamError(`${account}: expected an answer within ${timeoutMs} ms, got none`, {
          action: 'retry',
          upstreamCode: 'TIMEOUT',
          cause: error,
        });
      }
      throw failure(account, 'call', error);
    }
  }

  async function readAnswer({ statusCode, headers, body }: Dispatcher.ResponseData): Promise<HttpResponse> {
    const flat = Object.fromEntries(
      Object.entries(headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : value]),
    );
    if (statusCode >= 300 && statusCode < 400) {
      body.on('error', () => {}).destroy();
      throw new UpstreamError(
        `${account}: expected an answer, got a redirect (HTTP ${statusCode}), which is never followed`,
        {
          action: 'giveUp',
          upstreamCode: 'REDIRECT',
        },
      );
    }
    const bytes = await collect(decoded(body, flat['content-encoding']), maxBodyBytes, account);
    return { status: statusCode, headers: flat, text: decode(bytes, account) };
  }

  async function close(): Promise<void> {
    spare?.destroy();
    await Promise.all(clients.map((client) => client.destroy()));
  }

  return { open, send, close, host: base.host };
}

function noteTimes(
  handler: Dispatcher.DispatchHandler,
  onWritten: () => void,
  onAnswered: () => void,
): Dispatcher.DispatchHandler {
  return {
    onRequestStart(...args) {
      // Noted once it is written: were the process held up in between, the next interval would seem longer than it is.
      queueMicrotask(onWritten);
      handler.onRequestStart?.(...args);
    },
    onRequestUpgrade: (...args) => handler.onRequestUpgrade?.(...args),
    onResponseStart(...args) {
      onAnswered();
      handler.onResponseStart?.(...args);
    },
    onResponseData: (...args) => handler.onResponseData?.(...args),
    onResponseEnd: (...args) => handler.onResponseEnd?.(...args),
    onResponseError: (...args) => handler.onResponseError?.(...args),
  };
}

function decoded(body: Readable, encoding: string | undefined): Readable {
  const decoder =
    encoding === 'gzip' || encoding === 'x-gzip'
      ? createGunzip()
      : encoding === 'deflate'
        ? createInflate()
        : encoding === 'br'
          ? createBrotliDecompress()
          : null;
  if (decoder === null) return body;
  body.on('error', (error) => decoder.destroy(error));
  decoder.on('close', () => body.destroy());
  return body.pipe(decoder);
}

async function collect(stream: Readable, most: number, account: string): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > most) {
      throw new UpstreamError(`${account}: expected an answer of at most ${most} bytes, got more`, {
        action: 'split',
        upstreamCode: 'TOO_LARGE',
      });
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function decode(bytes: Buffer, account: string): string {
  try {
    // Strips a byte order mark; throws on bytes that are no UTF-8.
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new UpstreamError(`${account}: expected UTF-8, got other bytes`, {
      action: 'retry',
      upstreamCode: 'NOT_UTF8',
      raw: bytes.subarray(0, 10_000).toString('base64'),
      cause,
    });
  }
}

// What no repetition mends: the other side is not who it claims to be.
const CERTIFICATE =
  /^(CERT_|ERR_TLS_CERT|DEPTH_ZERO_SELF_SIGNED|SELF_SIGNED|UNABLE_TO_(GET|VERIFY)|ERR_SSL_|EPROTO)/;

function failure(account: string, what: string, error: unknown): UpstreamError {
  const code = codeOf(error);
  if (CERTIFICATE.test(code)) {
    return new UpstreamError(
      `${account}: expected a valid TLS certificate, got ${code} (a private authority is trusted with NODE_EXTRA_CA_CERTS)`,
      { action: 'giveUp', upstreamCode: code, cause: error },
    );
  }
  return new UpstreamError(`${account}: ${what} failed with ${code}`, {
    action: 'retry',
    upstreamCode: code,
    cause: error,
  });
}

function codeOf(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) return codeOf(error.errors[0]);
  if (error instanceof Error && 'code' in error && typeof error.code === 'string') return error.code;
  return error instanceof Error ? error.name : 'UNKNOWN';
}
