import type { ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import type { FastifyReply, FastifyRequest } from 'fastify';

/** Has an answer close when its connection does. */
export type CloseTogether = (request: FastifyRequest, reply: FastifyReply) => void;

/**
 * Node closes the one answer that it is sending. Those to requests that a client sent right behind, without waiting, would
 * never learn that it has left: their reads would go on, and no audit log would tell of them.
 */
export function createCloseTogether(): CloseTogether {
  const open = new WeakMap<Socket, Set<ServerResponse>>();

  function answersOf(socket: Socket): Set<ServerResponse> {
    const known = open.get(socket);
    if (known !== undefined) return known;
    const answers = new Set<ServerResponse>();
    open.set(socket, answers);
    // One listener a connection, however many requests come over it; Node closes its own first.
    socket.once('close', () => setImmediate(() => answers.forEach(close)));
    return answers;
  }

  return ({ raw: { socket } }, { raw }) => {
    if (!(socket instanceof Socket)) return;
    const answers = answersOf(socket);
    answers.add(raw);
    raw.once('close', () => answers.delete(raw));
  };
}

function close(answer: ServerResponse): void {
  answer.destroy();
  answer.emit('close');
}
