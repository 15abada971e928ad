import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';

/** A step of a trace as a collector was sent it; ids in hexadecimal. */
export interface CollectedSpan {
  readonly traceId: string;
  readonly spanId: string;
  /** Empty where it is the first. */
  readonly parentSpanId: string;
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
}

/** A collector of OTLP over HTTP on loopback. */
export async function startCollector() {
  const spans: CollectedSpan[] = [];
  const server = createServer(async (request, response) => {
    const body: Buffer[] = [];
    for await (const chunk of request) body.push(chunk as Buffer);
    if (request.url === '/v1/traces') spans.push(...spansOf(Buffer.concat(body)));
    response.writeHead(200, { 'content-type': 'application/x-protobuf' }).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    spans,
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(resolve));
    },
  };
}

/** An address of this machine at which nobody listens. */
export async function deadAddress(): Promise<string> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  await new Promise((resolve) => connect(port, '127.0.0.1').once('error', resolve));
  return `http://127.0.0.1:${port}`;
}

// opentelemetry/proto/trace/v1/trace.proto: ExportTraceServiceRequest 1 → ResourceSpans 2 → ScopeSpans 2 → Span.
function spansOf(body: Buffer): CollectedSpan[] {
  const inside = (message: Buffer, field: number) =>
    fieldsOf(message).flatMap(({ number, bytes }) => (number === field && bytes !== null ? [bytes] : []));
  return inside(body, 1)
    .flatMap((resource) => inside(resource, 2))
    .flatMap((scope) => inside(scope, 2))
    .map((span) => {
      const [traceId, spanId, parentSpanId, name] = [1, 2, 4, 5].map((field) => inside(span, field)[0]);
      const attributes = inside(span, 9).map((pair) => {
        const [value] = inside(pair, 2);
        const [text] = value === undefined ? [] : inside(value, 1);
        return [inside(pair, 1)[0]?.toString('utf8') ?? '', text?.toString('utf8') ?? ''];
      });
      return {
        traceId: traceId?.toString('hex') ?? '',
        spanId: spanId?.toString('hex') ?? '',
        parentSpanId: parentSpanId?.toString('hex') ?? '',
        name: name?.toString('utf8') ?? '',
        attributes: Object.fromEntries(attributes) as Record<string, string>,
      };
    });
}

interface WireField {
  readonly number: number;
  /** What a field with a length holds; null for numbers. */
  readonly bytes: Buffer | null;
}

/** The fields of a protobuf message, in their order. */
function fieldsOf(message: Buffer): WireField[] {
  const fields: WireField[] = [];
  let at = 0;
  const varint = () => {
    let value = 0;
    for (let factor = 1; ; factor *= 128) {
      const byte = message[at++] ?? 0;
      value += (byte & 127) * factor;
      if (byte < 128) return value;
    }
  };
  while (at < message.length) {
    const tag = varint();
    const [number, type] = [Math.floor(tag / 8), tag % 8];
    if (type === 2) {
      const length = varint();
      fields.push({ number, bytes: message.subarray(at, at + length) });
      at += length;
    } else {
      if (type === 0) varint();
      else at += type === 1 ? 8 : 4;
      fields.push({ number, bytes: null });
    }
  }
  return fields;
}
