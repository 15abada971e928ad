import { randomUUID } from 'node:crypto';
import Fastify, {
  type FastifyBaseLogger,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  LogController,
} from 'fastify';
import type { ServerSettings } from '../../config/server-settings.ts';
import type { Authenticate } from '../auth/authenticate.ts';
import { mayUse, nobody } from '../auth/permissions.ts';
import type { ServerMetrics } from '../metrics/server.ts';
import { traceRequests } from '../traces/request.ts';
import { compressAnswers } from './compression.ts';
import { allowOrigins } from './cors.ts';
import { createErrorAnswer } from './errors.ts';
import { checkHost } from './host.ts';
import { answerClientError, checkLength, MAX_HEAD } from './long-requests.ts';
import { createTurns } from './pipeline.ts';
import { ForbiddenError, OverloadedError } from './refusal.ts';
import { accessOf, checkSite } from './site.ts';

/** For whatever is no page: nothing in it may be run, framed or kept. */
const strictHeaders = {
  'cache-control': 'no-store',
  'content-security-policy':
    "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
};

export interface HttpOptions {
  readonly settings: ServerSettings;
  readonly authenticate: Authenticate;
  /** Whether requests need no key: then only the `Host` they name tells them from a web page's scripts. */
  readonly open: boolean;
  readonly metrics: ServerMetrics;
  readonly logger: FastifyBaseLogger;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
  readonly isOverloaded: () => boolean;
  readonly isStopping: () => boolean;
  /** The ids of requests that were not answered yet and whose client is still there. */
  readonly underWay: Set<string>;
}

/**
 * The bare HTTP server: every request gets an id and strict headers, and its caller is looked at before its body
 * is read. A route that does not say who may use it is refused when it is registered.
 */
export function createHttp(options: HttpOptions): FastifyInstance {
  const { settings, metrics, logger, clock, isStopping, underWay } = options;
  const answerError = createErrorAnswer(clock);
  const takeTurn = createTurns();
  const app = Fastify({
    loggerInstance: logger,
    trustProxy: toTrusted(settings.trustProxy),
    bodyLimit: settings.bodyLimit,
    http: { maxHeaderSize: MAX_HEAD },
    clientErrorHandler: answerClientError,
    requestTimeout: settings.requestTimeout,
    forceCloseConnections: 'idle',
    requestIdHeader: false,
    logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: 'requestId' }),
    genReqId: (request) => requestIdOf(request.headers['x-request-id']),
    // A path that cannot be decoded meets no hook: its caller is looked at here.
    frameworkErrors: (error, request, reply) => {
      greet(request, reply);
      void takeTurn(request, reply)
        .then(() => admit(request, options))
        .then(
          () => answerError(error, request, reply),
          (refusal) => answerError(refusal, request, reply),
        );
    },
  });
  // A body is JSON or it is refused: what a form or a plain text may carry, any web page may send.
  app.removeContentTypeParser('text/plain');
  app.decorateRequest('viewer');
  app.decorateRequest('safelistOnly', false);

  app.addHook('onRoute', ({ method, url, config }) => {
    // Every other preflight is answered before its route is looked at.
    if (method === 'OPTIONS' && url === '*' && settings.cors !== undefined) return;
    if (config?.access === undefined) {
      throw new TypeError(`${String(method)} ${url}: expected config.access to say who may use it`);
    }
  });
  app.addHook('onRequest', async (request, reply) => {
    const isToBeAnswered = await takeTurn(request, reply);
    if (!isToBeAnswered) reply.hijack();
  });
  traceRequests(app);
  app.addHook('onRequest', async (request, reply) => {
    underWay.add(request.id);
    reply.raw.once('close', () => underWay.delete(request.id));
    greet(request, reply);
    checkLength(request);
  });
  if (settings.cors !== undefined) allowOrigins(app, settings.cors.origins);
  compressAnswers(app);
  app.after(() => {
    app.addHook('onRequest', (request) => admit(request, options));
  });
  app.addHook('onSend', async (request, reply) => {
    // Nobody holds a connection past a stop, nor by a body that is not going to be read.
    if (isStopping() || !request.raw.complete) reply.header('connection', 'close');
  });
  app.addHook('onResponse', async (request, reply) => {
    const route = request.routeOptions.url ?? 'unknown';
    const labels = { route, method: request.method, status: String(reply.statusCode) };
    metrics.requests.observe(labels, reply.elapsedTime / 1000);
  });
  app.setErrorHandler(answerError);
  app.setNotFoundHandler((request, reply) =>
    answerError({ statusCode: 404, message: 'there is nothing of this name' }, request, reply),
  );
  return app;
}

/** Headers of every answer. */
function greet(request: FastifyRequest, reply: FastifyReply): void {
  request.viewer = nobody;
  // What is compressed for one client is not for another, whoever keeps answers.
  reply.headers({ ...strictHeaders, 'x-request-id': request.id, vary: 'accept-encoding' });
}

/** Finds out who asks; throws a RefusalError for a caller who may not use the route. */
async function admit(
  request: FastifyRequest,
  { settings, authenticate, open, isOverloaded, metrics }: HttpOptions,
): Promise<void> {
  checkSite(request, settings);
  const access = accessOf(request);
  if (access === 'public') return;
  if (isOverloaded()) {
    metrics.shed.inc();
    throw new OverloadedError('there is more to do than can be done now: ask again soon');
  }
  if (open) checkHost(request.headers.host, settings);
  if (access === 'page') return;
  const caller = await authenticate(request.headers.authorization);
  request.viewer = caller.viewer;
  request.safelistOnly = caller.safelistOnly;
  if (!mayUse(caller.viewer, access)) {
    throw new ForbiddenError(`${caller.viewer.name} has role ${caller.viewer.role}, which may not use this`);
  }
}

function toTrusted(proxies: ServerSettings['trustProxy']): boolean | string[] {
  return typeof proxies === 'boolean' ? proxies : [...proxies];
}

/** The caller's own id, where it can do no harm in a log; else a new one. */
function requestIdOf(header: string | readonly string[] | undefined): string {
  return typeof header === 'string' && /^[\w.-]{8,64}$/.test(header) ? header : randomUUID();
}
