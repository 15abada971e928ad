import { type Attributes, type Span, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';

export { SpanKind };

/**
 * Does work as a step of the trace it belongs to, which fails as the work does; nothing of an error is told but its code.
 * Next to nothing is done where nobody collects traces.
 */
export function traced<T>(
  name: string,
  attributes: Attributes,
  work: (span: Span) => Promise<T>,
  kind: SpanKind = SpanKind.INTERNAL,
): Promise<T> {
  return trace.getTracer('countroom').startActiveSpan(name, { attributes, kind }, async (span) => {
    try {
      return await work(span);
    } catch (error) {
      span.setStatus({ code: SpanStatusCode.ERROR });
      span.setAttribute('error.type', codeOf(error));
      throw error;
    } finally {
      span.end();
    }
  });
}

function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown';
  const { upstreamCode, code } = error as { upstreamCode?: unknown; code?: unknown };
  const told = String(upstreamCode ?? code ?? error.name);
  return /^[\w .:-]{1,40}$/.test(told) ? told : error.name;
}
