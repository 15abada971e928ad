import { Socket } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { FastifyReply, FastifyRequest } from 'fastify';

/** Resolves with whether a request is to be answered: once those before it on its connection are, and while that is open. */
export type TakeTurn = (request: FastifyRequest, reply: FastifyReply) => Promise<boolean>;

/** How many requests of one connection may wait for those before them; it is closed on a client that sends more. */
export const MOST_WAITING = 1_000;

interface Line {
  /** When the last request that came has closed. */
  end: Promise<void>;
  waiting: number;
}

/**
 * Answers leave a connection in the order of their requests, so whoever sends many without waiting gains nothing by having
 * them begun at once; everybody else would wait behind all of them. Of one connection one request is under way at a time,
 * and when its client leaves those behind it are never begun.
 */
export function createTurns(): TakeTurn {
  const lines = new WeakMap<Socket, Line>();
  return async ({ raw: { socket } }, { raw: answer }) => {
    // A request of a batch comes over no connection.
    if (!(socket instanceof Socket)) return true;
    const line = lines.get(socket) ?? { end: Promise.resolve(), waiting: 0 };
    lines.set(socket, line);
    const before = line.end;
    // With a turn of the loop between: hundreds that are answered out of memory would let nobody else in.
    line.end = before.then(() => (isOpen(socket) ? closed(answer).then(() => nextTurn()) : undefined));
    line.waiting += 1;
    if (line.waiting > MOST_WAITING) socket.destroy();
    await before;
    line.waiting -= 1;
    return isOpen(socket);
  };
}

/** Whether answers still leave by it: after one that says it is the last, none does. */
function isOpen(socket: Socket): boolean {
  return !socket.destroyed && !socket.writableEnded;
}

function closed(answer: FastifyReply['raw']): Promise<void> {
  return new Promise((resolve) => {
    if (answer.closed) resolve();
    else answer.once('close', resolve);
  });
}
