import { setTimeout as wait } from 'node:timers/promises';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { defaultResource, resourceFromAttributes } from '@opentelemetry/resources';
import { BatchSpanProcessor, NodeTracerProvider } from '@opentelemetry/sdk-trace-node';
import type { Logger } from 'pino';

const LAST_MS = 1_500;

/**
 * Sends traces by OTLP over HTTP from here on, as OpenTelemetry's environment variables say (address, headers, sampler);
 * what comes too fast is dropped. Returns how to send the rest, for as long as a stop may wait, and end.
 */
export function exportTraces(version: string, logger: Logger): () => Promise<void> {
  const own = resourceFromAttributes({
    'service.name': process.env['OTEL_SERVICE_NAME'] ?? 'countroom',
    'service.version': version,
  });
  const provider = new NodeTracerProvider({
    resource: defaultResource().merge(own),
    spanProcessors: [new BatchSpanProcessor(new OTLPTraceExporter())],
  });
  provider.register();
  return async () => {
    const sent = provider.shutdown().then(() => null);
    const problem = await Promise.race([
      sent,
      wait(LAST_MS, 'nobody took them in time', { ref: false }),
    ]).catch(String);
    if (problem !== null) logger.warn({ problem }, 'the last traces were not sent');
  };
}
