import type { FastifyReply } from 'fastify';

/** Says that the answer also depends on these request headers, beside those already said. */
export function vary(reply: FastifyReply, ...names: readonly string[]): FastifyReply {
  const said = [reply.getHeader('vary') ?? []].flat().flatMap((each) => String(each).split(/\s*,\s*/));
  const all = [...said, ...names].map((name) => name.toLowerCase());
  return reply.header('vary', [...new Set(all)].join(', '));
}
