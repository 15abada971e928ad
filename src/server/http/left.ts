import type { FastifyReply } from 'fastify';
import { UnavailableError } from '../../errors.ts';

/** Aborted with an UnavailableError once whoever asked has hung up before the answer was whole. */
export function leftSignal({ raw }: FastifyReply): AbortSignal {
  const left = new AbortController();
  raw.once('close', () => {
    if (!raw.writableFinished) left.abort(new UnavailableError('whoever asked has left'));
  });
  return left.signal;
}
