import { Socket } from 'node:net';
import type { FastifyReply } from 'fastify';
import { UnavailableError } from '../../errors.ts';

/** Aborted with an UnavailableError once whoever asked has hung up before the answer was whole. */
export function leftSignal({ raw }: Pick<FastifyReply, 'raw'>): AbortSignal {
  const left = new AbortController();
  const isWhole = wholeness(raw);
  raw.once('close', () => {
    if (!isWhole()) left.abort(new UnavailableError('whoever asked has left'));
  });
  return left.signal;
}

/**
 * Tells, once an answer has closed, whether all of it was given. One for a request of a batch goes to no connection: it is
 * whole when it has ended.
 */
export function wholeness(raw: FastifyReply['raw']): () => boolean {
  const isSent = raw.socket instanceof Socket;
  return () => (isSent ? raw.writableFinished : raw.writableEnded);
}
