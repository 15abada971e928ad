import type { FastifyReply } from 'fastify';

/**
 * Breaks an answer off whose reader takes no byte for `ms`; `onStall` is told. Whatever the answer itself waits for counts
 * for nothing.
 */
export function limitStall({ raw }: FastifyReply, ms: number, onStall: () => void): void {
  // Node counts a byte that the system takes as life, and only then.
  raw.setTimeout(ms, () => {
    if (!raw.writableNeedDrain && !raw.writableEnded) {
      raw.setTimeout(ms);
      return;
    }
    onStall();
    raw.destroy();
  });
}
