import { ApolloServer, type ApolloServerPlugin, type BaseContext } from '@apollo/server';
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginInlineTraceDisabled,
  ApolloServerPluginLandingPageDisabled,
  ApolloServerPluginSchemaReportingDisabled,
  ApolloServerPluginUsageReportingDisabled,
} from '@apollo/server/plugin/disabled';
import { ApolloServerPluginLandingPageLocalDefault } from '@apollo/server/plugin/landingPage/default';
import { fastifyApolloHandler } from '@as-integrations/fastify';
import type { FastifyRequest } from 'fastify';
import { GraphQLError, type GraphQLFormattedError } from 'graphql';
import type { ServerSettings } from '../../config/server-settings.ts';
import { UnavailableError } from '../../errors.ts';
import { limitRule } from '../../graph/limits/limits.ts';
import { createFormatError } from '../../graph/response/errors.ts';
import { createNoticesPlugin } from '../../graph/response/notices.ts';
import type { RouteFamily, ServerDeps } from '../deps.ts';
import { abortOnLeave } from '../http/left.ts';
import { ForbiddenError, TimeoutError } from '../http/refusal.ts';
import { executingGateway } from './executing-gateway.ts';
import { createPersistedQueryCache } from './persisted-queries.ts';
import { createGraphqlPlugin, type GraphqlContext, type GraphqlPluginOptions } from './plugin.ts';
import { hideSchemaRule, operationTypesRule } from './rules.ts';
import { documentHash, type Safelist } from './safelist.ts';

export interface ApolloOptions extends GraphqlPluginOptions {
  readonly settings: ServerSettings;
  readonly safelist: Safelist;
}

/** Apollo Server with every default that depends on `NODE_ENV`, or on the internet, set by hand. */
export function createApollo(options: ApolloOptions): ApolloServer<GraphqlContext> {
  const { schema, settings, safelist, logger, limits } = options;
  return new ApolloServer<GraphqlContext>({
    gateway: executingGateway(schema),
    logger,
    nodeEnv: 'production',
    introspection: settings.introspection,
    hideSchemaDetailsFromClientErrors: !settings.suggestions,
    includeStacktraceInErrorResponses: false,
    allowBatchedHttpRequests: false,
    csrfPrevention: true,
    stopOnTerminationSignals: false,
    cache: 'bounded',
    persistedQueries: { cache: createPersistedQueryCache(safelist) },
    parseOptions: { maxTokens: limits.tokens },
    validationRules: [
      limitRule(limits),
      operationTypesRule,
      ...(settings.introspection ? [] : [hideSchemaRule]),
    ],
    formatError,
    plugins: [
      createGraphqlPlugin(options),
      createNoticesPlugin(),
      landingPage(settings.sandbox),
      ApolloServerPluginCacheControlDisabled(),
      ApolloServerPluginInlineTraceDisabled(),
      ApolloServerPluginUsageReportingDisabled(),
      ApolloServerPluginSchemaReportingDisabled(),
    ],
  });
}

function landingPage(sandbox: ServerSettings['sandbox']): ApolloServerPlugin<BaseContext> {
  if (sandbox === 'off') return ApolloServerPluginLandingPageDisabled();
  return ApolloServerPluginLandingPageLocalDefault(
    sandbox === 'embedded' ? { embed: true } : { embed: false },
  );
}

// What is masked is logged by the plugin, which knows the request.
const formatGraphError = createFormatError(() => {});

/** The graph's own, behind what the limits say: Apollo calls their errors failed validation. */
function formatError(formatted: GraphQLFormattedError, error: unknown): GraphQLFormattedError {
  const { limit, max, found } = formatted.extensions ?? {};
  if (typeof limit === 'string') {
    return { message: formatted.message, extensions: { code: 'QUERY_LIMIT_EXCEEDED', limit, max, found } };
  }
  if (error instanceof GraphQLError && error.extensions['code'] === 'RATE_LIMITED') return formatted;
  return formatGraphError(formatted, error);
}

export interface GraphqlRouteOptions {
  readonly apollo: ApolloServer<GraphqlContext>;
  readonly makeContext: ServerDeps['makeContext'];
  readonly settings: ServerSettings;
  readonly safelist: Safelist;
}

/** `POST` and `GET /graphql`; `apollo` must have started. */
export function graphqlRoute({ apollo, makeContext, settings, safelist }: GraphqlRouteOptions): RouteFamily {
  const waits = new WeakMap<FastifyRequest, AbortSignal>();
  const answer = fastifyApolloHandler(apollo, {
    context: async (request) => {
      const { viewer, id } = request;
      try {
        return Object.assign(makeContext(viewer, waits.get(request)), { requestId: id });
      } catch (error) {
        request.log.error({ err: error }, 'masked');
        throw error;
      }
    },
  });
  const handler: typeof answer = async function (request, reply) {
    const waiting = new AbortController();
    abortOnLeave(reply, waiting);
    waits.set(request, waiting.signal);
    return within(settings.queryTimeout, answer.call(this, request, reply), waiting);
  };
  return (app) => {
    app.route({
      method: ['GET', 'POST'],
      url: '/graphql',
      exposeHeadRoute: false,
      config: { access: 'query', landing: settings.sandbox !== 'off' },
      preHandler: async (request) => {
        if (settings.safelist?.required || request.safelistOnly) checkSafelisted(request, safelist);
      },
      onSend: async (_request, reply) => {
        // Apollo's landing page brings a policy of its own, in the page.
        if (reply.getHeader('content-type') === 'text/html') {
          reply.header('content-security-policy', "frame-ancestors 'none'");
        }
      },
      handler,
    });
  };
}

/**
 * Rejects with a TimeoutError once `ms` have passed, and ends what the answer waited for: its reads, and its windows'
 * place before others'. What is fetched for it is kept.
 */
function within<T>(ms: number, answer: T, waiting: AbortController): Promise<Awaited<T>> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      waiting.abort(new UnavailableError('the answer took too long'));
      reject(new TimeoutError(`the answer took longer than ${ms} ms`));
    }, ms);
    Promise.resolve(answer)
      .finally(() => clearTimeout(timer))
      .then(resolve, reject);
  });
}

/** Before anything is parsed, so that a key bound to the safelist learns nothing from errors either. */
function checkSafelisted(request: FastifyRequest, safelist: Safelist): void {
  const hash = hashSent(request);
  if (hash === null || safelist.has(hash)) return;
  throw new ForbiddenError('only the documents of the safelist are answered');
}

/** The hash of the document a request brings or names, as Apollo will read it; null where there is neither. */
function hashSent({ method, url, body }: FastifyRequest): string | null {
  const sent = method === 'GET' ? fromSearch(url) : ((body ?? {}) as Readonly<Record<string, unknown>>);
  if (sent['query'] !== undefined && sent['query'] !== '') return documentHash(textOf(sent['query']));
  if (sent['extensions'] === undefined || sent['extensions'] === null) return null;
  const { persistedQuery } = sent['extensions'] as { persistedQuery?: { sha256Hash?: unknown } | null };
  return textOf(persistedQuery?.sha256Hash);
}

/** What is no text names no document; Apollo refuses it by its name. */
function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function fromSearch(url: string): Readonly<Record<string, unknown>> {
  const search = new URL(url, 'http://localhost').searchParams;
  const query = search.get('query') ?? undefined;
  const extensions = search.get('extensions');
  try {
    return { query, extensions: extensions === null ? undefined : JSON.parse(extensions) };
  } catch {
    // Broken JSON is Apollo's to refuse; here it names no document.
    return { query };
  }
}
