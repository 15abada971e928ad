import type { FastifyRequest } from 'fastify';
import { CountroomError } from '../../errors.ts';
import type { AuditedAnswer } from '../audit/audited-answer.ts';

/**
 * The same bytes. What ends them early ends them all the same, and is logged as an error and named in the audit log: but
 * for a client that left, which is no error of ours.
 */
export async function* tellingFaults(
  bytes: AsyncIterable<Uint8Array>,
  { left, refuse }: Pick<AuditedAnswer, 'left' | 'refuse'>,
  log: FastifyRequest['log'],
): AsyncGenerator<Uint8Array> {
  try {
    yield* bytes;
  } catch (error) {
    if (!left.aborted) {
      refuse(error instanceof CountroomError ? error.code : 'INTERNAL_SERVER_ERROR');
      log.error({ err: error }, 'an export broke off: its rows could not be read');
    }
    throw error;
  }
}
