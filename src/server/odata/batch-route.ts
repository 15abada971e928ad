import { Readable } from 'node:stream';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { BadUserInputError } from '../../errors.ts';
import type { AuditedAnswer } from '../audit/audited-answer.ts';
import type { RouteDeps } from '../deps.ts';
import { linkRoot } from '../http/links.ts';
import { type BatchAnswer, type BatchRequest, pathOf, readBatch, writeAnswer } from './batch.ts';

// What the batch says of who asks, and by which way, holds for each of its requests.
const shared = [
  'authorization',
  'host',
  'origin',
  'sec-fetch-site',
  'sec-fetch-mode',
  'sec-fetch-dest',
  'x-forwarded-for',
  'x-forwarded-host',
  'x-forwarded-proto',
  'odata-maxversion',
] as const;

/**
 * Answers a batch in JSON form: each request goes through the server as if it had come by itself, so that it is permitted,
 * charged, limited and audited like any other; one after the other, so that one answer is held at a time.
 */
export function answerBatch(
  app: FastifyInstance,
  { settings }: RouteDeps,
  request: FastifyRequest,
  reply: FastifyReply,
  root: string,
  { left }: AuditedAnswer,
): FastifyReply {
  const requests = readBatch(request.body);
  const service = new URL(`${linkRoot(request, settings)}${root}/`);
  const hosts = [service.host, request.host];
  const stops = /continue-on-error\s*=\s*"?false/i.test(String(request.headers.prefer));
  const headers = Object.fromEntries(
    shared.flatMap((name) => {
      const value = request.headers[name];
      return value === undefined ? [] : [[name, String(value)]];
    }),
  );

  async function answerOne(one: BatchRequest, at: number): Promise<BatchAnswer> {
    let path: string;
    try {
      path = pathOf(one.url, service, hosts);
    } catch (error) {
      if (!(error instanceof BadUserInputError)) throw error;
      return failure(400, error.code, error.message);
    }
    try {
      const answer = await app.inject({
        method: one.method,
        url: `${root}/${path}`,
        headers: { ...headers, ...one.headers, 'x-request-id': `${request.id}.${at + 1}` },
        remoteAddress: request.raw.socket.remoteAddress ?? '',
        signal: left,
      });
      const given = Object.entries(answer.headers).map(([name, value]) => [name, String(value)]);
      return { status: answer.statusCode, headers: Object.fromEntries(given), body: answer.payload };
    } catch (error) {
      // An answer that broke off half-way has been logged where it broke.
      request.log.warn({ err: error, id: one.id }, 'a request of a batch broke off');
      return failure(500, 'INTERNAL_SERVER_ERROR', 'Internal server error');
    }
  }

  async function* write(): AsyncGenerator<string> {
    yield '{"responses":[';
    for (const [at, one] of requests.entries()) {
      if (left.aborted) return;
      const answer = await answerOne(one, at);
      yield `${at === 0 ? '' : ','}${writeAnswer(one.id, answer)}`;
      if (stops && answer.status >= 400) break;
    }
    yield ']}';
  }

  return reply
    .type('application/json;charset=utf-8')
    .header('cache-control', 'private, no-cache')
    .send(Readable.from(write(), { objectMode: false }));
}

function failure(status: number, code: string, message: string): BatchAnswer {
  const headers = { 'content-type': 'application/json;charset=utf-8' };
  return { status, headers, body: JSON.stringify({ error: { code, message } }) };
}
