import type { FastifyInstance } from 'fastify';
import { UsageError } from '../errors.ts';
import { createAuditLogger } from './audit/audit-log.ts';
import { createAuthenticate } from './auth/authenticate.ts';
import type { RouteDeps, ServerDeps } from './deps.ts';
import { createBudget } from './graphql/budget.ts';
import { createApollo, graphqlRoute } from './graphql/routes.ts';
import { readSafelist } from './graphql/safelist.ts';
import { healthRoutes, type Phase } from './http/health.ts';
import { createHttp } from './http/http.ts';
import { listen } from './http/listen.ts';
import { watchOverload } from './http/overload.ts';
import { createServerMetrics, metricsRoutes } from './metrics/server.ts';
import { consoleRoutes } from './pages/console.ts';
import { explorerRoutes } from './pages/explorer.ts';

export interface Server {
  /** Starts answering; throws an UnavailableError when the port is in use or not allowed. */
  listen(): Promise<{ readonly url: string }>;
  /**
   * From here on these keys and tokens are known, and no others. Throws a UsageError, and changes nothing, where that
   * takes a start: where `auth` comes or goes.
   */
  admit(auth: ServerDeps['auth']): void;
  /** Answers `/readyz` 503 from here on, and everything else as before. */
  retire(): void;
  /** Turns unready, refuses new connections, and waits up to `drainTimeout` for answers under way; a second call waits for the first. */
  close(): Promise<void>;
  /** The ids of the requests that have not been answered yet. */
  requestsUnderWay(): readonly string[];
  readonly app: FastifyInstance;
}

/** Wires the route families, authentication and metrics to one HTTP server; no port is bound until `listen`. */
export async function createServer(deps: ServerDeps): Promise<Server> {
  const {
    settings,
    auth,
    schema,
    makeContext,
    isReady,
    archiveTrouble = () => null,
    warnings = () => [],
    logger,
    registry,
    clock,
  } = deps;
  const audit = deps.audit ?? createAuditLogger(logger);
  const metrics = createServerMetrics(registry);
  const safelist = settings.safelist === undefined ? new Map() : readSafelist(settings.safelist.file);
  refuseBoundKeys(auth, settings);
  const budget = createBudget(settings.limits.costPerMinute, clock);
  const charge = auth === null ? null : budget;
  let phase: Phase = 'starting';
  let closing: Promise<void> | null = null;

  let authenticate = createAuthenticate(auth, clock);
  const underWay = new Set<string>();
  const overload = watchOverload(logger);
  const app = createHttp({
    underWay,
    settings,
    authenticate: (header) => authenticate(header),
    open: auth === null,
    metrics,
    logger,
    clock,
    isOverloaded: deps.isOverloaded ?? overload.isOverloaded,
    isStopping: () => phase === 'stopping',
  });
  const { limits } = settings;
  const apollo = createApollo({ schema, settings, limits, safelist, charge, audit, metrics, logger });
  await apollo.start();

  const routeDeps: RouteDeps = { makeContext, audit, clock, settings, charge: charge ?? (() => {}) };
  const families = [
    healthRoutes(() => (phase === 'ready' && !isReady() ? 'starting' : phase), archiveTrouble, warnings),
    metricsRoutes(registry),
    graphqlRoute({ apollo, makeContext, settings, safelist }),
    consoleRoutes(),
    ...(settings.explorer ? [explorerRoutes(clock)] : []),
    ...(deps.routes ?? []),
  ];
  for (const family of families) {
    // Each in a scope of its own, so that hooks and parsers of one family do not reach another.
    app.register(async (scope) => family(scope, routeDeps));
  }

  async function stop(): Promise<void> {
    phase = 'stopping';
    const timer = setTimeout(() => app.server.closeAllConnections(), settings.drainTimeout);
    try {
      await app.close();
    } finally {
      clearTimeout(timer);
      overload.stop();
      await apollo.stop();
    }
  }

  return {
    app,
    requestsUnderWay: () => [...underWay],
    async listen() {
      const url = await listen(app, settings.host, settings.port);
      phase = 'ready';
      return { url };
    },
    admit(next) {
      if ((next === null) !== (auth === null)) {
        throw new UsageError(
          `auth: expected it to stay ${auth === null ? 'out' : 'in'} until the next start`,
        );
      }
      refuseBoundKeys(next, settings);
      authenticate = createAuthenticate(next, clock);
    },
    retire() {
      phase = 'stopping';
    },
    close() {
      closing ??= stop();
      return closing;
    },
  };
}

/** Throws a UsageError where a key may send safelisted documents alone and there is no safelist. */
function refuseBoundKeys(auth: ServerDeps['auth'], { safelist }: ServerDeps['settings']): void {
  const bound = auth?.apiKeys.find(({ documents }) => documents === 'safelist');
  if (bound === undefined || safelist !== undefined) return;
  throw new UsageError(`server.safelist: expected a file, since the key ${bound.name} may send nothing else`);
}
