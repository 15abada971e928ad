import {
  context,
  propagation,
  type Span,
  SpanKind,
  SpanStatusCode,
  type TextMapGetter,
  trace,
} from '@opentelemetry/api';
import type { FastifyInstance, FastifyRequest } from 'fastify';

const headersOf: TextMapGetter<FastifyRequest['headers']> = {
  keys: (headers) => Object.keys(headers),
  get: (headers, name) => headers[name],
};

/**
 * Makes each request a step of the trace its `traceparent` names, or the first step of one of its own; whatever is done
 * for it follows from it. Addresses and what a request asks for are not told, but for the name of its operation.
 */
export function traceRequests(app: FastifyInstance): void {
  const spans = new WeakMap<FastifyRequest, Span>();
  app.addHook('onRequest', (request, _reply, done) => {
    const caller = propagation.extract(context.active(), request.headers, headersOf);
    const route = request.routeOptions.url ?? 'unknown';
    const attributes = {
      'http.request.method': request.method,
      'http.route': route,
      'countroom.request_id': request.id,
    };
    const name = `${request.method} ${route}`;
    const span = trace.getTracer('countroom').startSpan(name, { kind: SpanKind.SERVER, attributes }, caller);
    spans.set(request, span);
    context.with(trace.setSpan(caller, span), done);
  });
  app.addHook('onResponse', async (request, { statusCode }) => {
    const span = spans.get(request);
    span?.setAttribute('http.response.status_code', statusCode);
    if (statusCode >= 500) span?.setStatus({ code: SpanStatusCode.ERROR });
    span?.end();
  });
}

/** Notes of a GraphQL operation, in the request's step, what it was called, gave and cost. */
export function noteOperation(operation: {
  readonly name: string | null;
  readonly outcome: string;
  readonly rows: number;
  readonly cost: number | null;
}): void {
  trace.getActiveSpan()?.setAttributes({
    'graphql.operation.name': operation.name ?? '',
    'countroom.outcome': operation.outcome,
    'countroom.rows': operation.rows,
    ...(operation.cost !== null && { 'countroom.cost': operation.cost }),
  });
}
