import type { RouteFamily } from '../deps.ts';

export type Phase = 'starting' | 'ready' | 'stopping';

/** `/livez`: the process answers. `/readyz`: it can be given work, which a stop takes back first. */
export function healthRoutes(phase: () => Phase): RouteFamily {
  return (app) => {
    app.get('/livez', { config: { access: 'public' } }, async () => ({ status: 'alive' }));
    app.get('/readyz', { config: { access: 'public' } }, async (_request, reply) => {
      const status = phase();
      reply.code(status === 'ready' ? 200 : 503);
      return { status };
    });
  };
}
