import type { ApolloServerPlugin, GraphQLRequestContext, GraphQLRequestListener } from '@apollo/server';
import { type FormattedExecutionResult, GraphQLError, type GraphQLSchema } from 'graphql';
import type { Logger } from 'pino';
import type { LimitSettings } from '../../config/server-settings.ts';
import type { RequestContext } from '../../graph/context.ts';
import { createCostCounter } from '../../graph/limits/cost.ts';
import { checkVariables, limitError } from '../../graph/limits/limits.ts';
import { createRangeFinder } from '../../graph/limits/ranges-asked.ts';
import { countWindowsAsked } from '../../graph/limits/windows.ts';
import type { Audit } from '../audit/audit-log.ts';
import { TooManyRequestsError } from '../http/refusal.ts';
import type { ServerMetrics } from '../metrics/server.ts';
import { noteOperation } from '../traces/request.ts';
import type { Charge } from './budget.ts';
import { createRowCounter } from './rows-given.ts';

/** A GraphQL request's surroundings: the graph's, and the id by which its log lines are found. */
export type GraphqlContext = RequestContext & { readonly requestId: string };

export interface GraphqlPluginOptions {
  readonly schema: GraphQLSchema;
  readonly limits: LimitSettings;
  /** Null where no key has a budget. */
  readonly charge: Charge | null;
  readonly audit: Audit;
  readonly metrics: ServerMetrics;
  readonly logger: Logger;
}

/**
 * What surrounds every operation: its cost is counted and paid before it runs, and once it is answered its rows are
 * counted, what was masked is logged with the request's id, and the audit log is written.
 */
export function createGraphqlPlugin(options: GraphqlPluginOptions): ApolloServerPlugin<GraphqlContext> {
  const { schema, limits, charge, audit, metrics, logger } = options;
  const costOf = createCostCounter(schema);
  const rangesIn = createRangeFinder(schema);
  const rowsIn = createRowCounter(schema);

  return {
    async requestDidStart(request): Promise<GraphQLRequestListener<GraphqlContext>> {
      const startedAt = performance.now();
      let cost: number | null = null;
      return {
        async parsingDidStart() {
          return async (error) => {
            // graphql-js knows no other way to say that its `maxTokens` ran out.
            if (
              error instanceof GraphQLError &&
              /^Syntax Error: Document contains more tha[nt] \d+ tokens/.test(error.message)
            ) {
              Object.assign(
                error.extensions,
                limitError('tokens', limits.tokens, limits.tokens + 1).extensions,
              );
            }
          };
        },
        async didResolveOperation({
          document,
          operation,
          request: { variables = {} },
          response,
          contextValue,
        }) {
          if (operation === undefined) return;
          checkVariables(variables, limits.listSize);
          const answered = costOf(document, operation, variables);
          if (answered > limits.cost) throw limitError('cost', limits.cost, answered);
          const ranges = rangesIn(document, operation, variables);
          const counted = answered + (await countWindowsAsked(contextValue, ranges));
          if (counted > limits.cost) throw limitError('cost', limits.cost, counted);
          cost = counted;
          if (charge !== null) pay(() => charge(contextValue.viewer, Math.max(1, counted)), response);
        },
        async willSendResponse({ response, document, operation, operationName, contextValue, errors = [] }) {
          if (response.body.kind !== 'single') return;
          const result: FormattedExecutionResult = response.body.singleResult;
          // Beside a limit, what else is wrong with a document is not worth the bytes.
          const over =
            result.errors?.filter((each) => each.extensions?.['code'] === 'QUERY_LIMIT_EXCEEDED') ?? [];
          if (over.length > 0) result.errors = over;
          const { requestId, viewer } = contextValue;
          const rows = document && operation && result.data ? rowsIn(document, operation, result.data) : 0;
          const outcome = String(result.errors?.[0]?.extensions?.['code'] ?? 'OK');
          if (cost !== null) {
            result.extensions = { ...result.extensions, cost };
          }
          const answered = { name: operationName ?? null, outcome, rows, cost };
          metrics.operation(answered);
          noteOperation(answered);
          for (const [index, each] of (result.errors ?? []).entries()) {
            if (each.extensions?.['code'] !== 'INTERNAL_SERVER_ERROR') continue;
            Object.assign(each.extensions, { requestId });
            logger.error({ err: rootOf(errors[index]), requestId, operationName, path: each.path }, 'masked');
          }
          audit({
            requestId,
            viewer,
            route: 'graphql',
            operation: operationName ?? null,
            rows,
            durationMs: Math.round(performance.now() - startedAt),
            cost,
            error: outcome === 'OK' ? null : outcome,
          });
          speakPlainJson(request);
          // Whoever stands between clients and gateways is to try another, or later.
          if (result.errors?.some((each) => each.extensions?.['code'] === 'ARCHIVE_UNAVAILABLE')) {
            response.http.status = 503;
          }
        },
      };
    },
    async unexpectedErrorProcessingRequest({ requestContext, error }) {
      logger.error({ err: error, requestId: requestContext.contextValue.requestId }, 'masked');
    },
  };
}

/** Takes the cost, or answers with the refusal's status and headers. */
function pay(charge: () => void, { http }: GraphQLRequestContext<GraphqlContext>['response']): void {
  try {
    charge();
  } catch (error) {
    if (!(error instanceof TooManyRequestsError)) throw error;
    const { code, message, statusCode, headers, retryAfterSeconds } = error;
    http.status = statusCode;
    for (const [name, value] of Object.entries(headers)) http.headers.set(name, value);
    throw new GraphQLError(message, { extensions: { code, retryAfterSeconds } });
  }
}

const clientFaults: ReadonlySet<unknown> = new Set([
  'GRAPHQL_PARSE_FAILED',
  'GRAPHQL_VALIDATION_FAILED',
  'BAD_USER_INPUT',
]);

/**
 * A client that accepts `application/json` alone may not understand a 4xx with a GraphQL body: GraphQL over HTTP
 * tells servers to answer such a one 200 whatever is wrong with its document.
 */
function speakPlainJson({ request, response }: GraphQLRequestContext<GraphqlContext>): void {
  const accept = request.http?.headers.get('accept') ?? '';
  if (!accept.includes('application/json') || accept.includes('application/graphql-response+json')) return;
  if (response.http.status !== 400 || response.body?.kind !== 'single') return;
  const errors = response.body.singleResult.errors ?? [];
  if (errors.every((error) => clientFaults.has(error.extensions?.['code']))) response.http.status = 200;
}

/** The error a resolver threw, under the GraphQL errors it was wrapped in. */
function rootOf(error: unknown): unknown {
  let cause = error;
  while (cause instanceof GraphQLError && cause.originalError instanceof Error) cause = cause.originalError;
  return cause;
}
