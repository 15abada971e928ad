import type { FastifyReply, FastifyRequest } from 'fastify';
import { ArchiveError, BadUserInputError, CountroomError, UnavailableError } from '../../errors.ts';
import { RefusalError } from './refusal.ts';
import { createThrottle } from './throttle.ts';

interface Answer {
  readonly status: number;
  readonly code: string;
  readonly message: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** What fastify says of a request it cannot take, in our words. */
const protocolAnswers: Readonly<Record<string, Answer>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: { status: 413, code: 'PAYLOAD_TOO_LARGE', message: 'the body is too large' },
  FST_ERR_CTP_INVALID_MEDIA_TYPE: {
    status: 415,
    code: 'UNSUPPORTED_MEDIA_TYPE',
    message: 'content-type: expected application/json',
  },
  FST_ERR_CTP_INVALID_JSON_BODY: { status: 400, code: 'BAD_REQUEST', message: 'the body is not JSON' },
  FST_ERR_CTP_EMPTY_JSON_BODY: { status: 400, code: 'BAD_REQUEST', message: 'the body is empty' },
};

export type ErrorAnswer = (error: unknown, request: FastifyRequest, reply: FastifyReply) => FastifyReply;

/**
 * Answers every error outside the graph: in GraphQL's shape on `/graphql`, in OData's elsewhere. An unknown one is
 * logged and answered "Internal server error" with the request's id; strangers' attempts are logged up to a number.
 */
export function createErrorAnswer(clock: () => number): ErrorAnswer {
  const attempts = createThrottle({ most: 20, perMs: 60_000, clock });

  function log(error: unknown, { status, code, message }: Answer, request: FastifyRequest): void {
    const line = { status, code, key: request.viewer?.name };
    if (status === 500) request.log.error({ err: error }, 'failed');
    // What is not there was mistyped, as a rule.
    if (status === 404) request.log.info(line, message);
    else if (status !== 401 && status !== 500) request.log.warn(line, message);
    if (status !== 401) return;
    const { passes, dropped } = attempts();
    if (passes) request.log.warn({ ...line, ...(dropped > 0 && { notLogged: dropped }) }, message);
  }

  return (error, request, reply) => {
    const answer = answerTo(error);
    const { status, code, message, headers = {} } = answer;
    log(error, answer, request);
    const details = { code, ...(status === 500 && { requestId: request.id }) };
    const isGraphql = request.url.split('?', 1)[0] === '/graphql';
    const body = isGraphql
      ? { errors: [{ message, extensions: details }] }
      : { error: { ...details, message } };
    // What was said of an answer that then could not be given.
    for (const name of ['content-encoding', 'content-disposition', 'etag']) reply.removeHeader(name);
    return reply
      .code(status)
      .headers(isByOwnPage(request) ? withoutPrompt(headers) : headers)
      .type('application/json; charset=utf-8')
      .send(JSON.stringify(body));
  };
}

/** Whether a script of one of our own pages asks. */
function isByOwnPage({ headers }: FastifyRequest): boolean {
  return headers['sec-fetch-site'] === 'same-origin' && headers['sec-fetch-dest'] === 'empty';
}

/** Without the challenge that makes a browser ask for a password by itself, which the page does better. */
function withoutPrompt(headers: NonNullable<Answer['headers']>): NonNullable<Answer['headers']> {
  return 'www-authenticate' in headers
    ? { ...headers, 'www-authenticate': 'Bearer realm="countroom"' }
    : headers;
}

function answerTo(error: unknown): Answer {
  if (error instanceof RefusalError) {
    return { status: error.statusCode, code: error.code, message: error.message, headers: error.headers };
  }
  if (error instanceof BadUserInputError) return { status: 400, code: error.code, message: error.message };
  if (error instanceof ArchiveError || error instanceof UnavailableError) {
    return { status: 503, code: error.code, message: error.message };
  }
  if (error instanceof CountroomError) return masked;
  const { statusCode, code, message } = (error ?? {}) as {
    statusCode?: number;
    code?: string;
    message?: string;
  };
  const known = protocolAnswers[code ?? ''];
  if (known !== undefined) return known;
  if (statusCode === undefined || statusCode >= 500 || statusCode < 400) return masked;
  return {
    status: statusCode,
    code: statusCode === 404 ? 'NOT_FOUND' : 'BAD_REQUEST',
    message: message ?? '',
  };
}

const masked: Answer = { status: 500, code: 'INTERNAL_SERVER_ERROR', message: 'Internal server error' };
