import type { FastifyReply, FastifyRequest } from 'fastify';
import { ArchiveError, BadUserInputError, CountroomError, UnavailableError } from '../../errors.ts';
import { RefusalError } from './refusal.ts';

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

/**
 * Answers every error outside the graph: in GraphQL's shape on `/graphql`, in OData's elsewhere. An unknown one is
 * logged and answered "Internal server error" with the request's id.
 */
export function answerError(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const { status, code, message, headers = {} } = answerTo(error);
  const isMasked = status === 500;
  if (isMasked) request.log.error({ err: error }, 'failed');
  else request.log.warn({ status, code, key: request.viewer?.name }, message);
  const details = { code, ...(isMasked && { requestId: request.id }) };
  const isGraphql = request.url.split('?', 1)[0] === '/graphql';
  const body = isGraphql
    ? { errors: [{ message, extensions: details }] }
    : { error: { ...details, message } };
  return reply
    .code(status)
    .headers(headers)
    .type('application/json; charset=utf-8')
    .send(JSON.stringify(body));
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
