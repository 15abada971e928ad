import type { RouteFamily } from '../deps.ts';

export type Phase = 'starting' | 'ready' | 'stopping';

/**
 * `/livez`: the process answers. `/readyz`: it can be given work, which a stop takes back first, and which it cannot do
 * while the archive cannot take rows: then the answer says why. What does not keep it from work is among its warnings.
 */
export function healthRoutes(
  phase: () => Phase,
  trouble: () => string | null,
  warnings: () => readonly string[] = () => [],
): RouteFamily {
  return (app) => {
    app.get('/livez', { config: { access: 'public' } }, async () => ({ status: 'alive' }));
    app.get('/readyz', { config: { access: 'public' } }, async (_request, reply) => {
      const status = phase();
      const reason = status === 'ready' ? trouble() : null;
      reply.code(status === 'ready' && reason === null ? 200 : 503);
      if (reason !== null) return { status: 'unable', reason };
      const told = warnings();
      return told.length === 0 ? { status } : { status, warnings: told };
    });
  };
}
