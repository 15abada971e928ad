import { Socket } from 'node:net';
import type { FastifyReply } from 'fastify';
import { UnavailableError } from '../../errors.ts';

/** Aborted with an UnavailableError once whoever asked has hung up before the answer was whole. */
export function leftSignal(reply: Pick<FastifyReply, 'raw'>): AbortSignal {
  const left = new AbortController();
  abortOnLeave(reply, left);
  return left.signal;
}

/** Aborts what else may be aborted for other reasons, once whoever asked has hung up before the answer was whole. */
export function abortOnLeave({ raw }: Pick<FastifyReply, 'raw'>, waiting: AbortController): void {
  const isWhole = wholeness(raw);
  raw.once('close', () => {
    if (!isWhole()) waiting.abort(new UnavailableError('whoever asked has left'));
  });
}

/**
 * Tells, once an answer has closed, whether all of it was given. One for a request of a batch goes to no connection: it is
 * whole when it has ended.
 */
export function wholeness(raw: FastifyReply['raw']): () => boolean {
  const isSent = raw.socket instanceof Socket;
  return () => (isSent ? raw.writableFinished : raw.writableEnded);
}
