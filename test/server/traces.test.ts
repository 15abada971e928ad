import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { type Built, buildCommand } from '../built.ts';
import { openHarness, someHour } from '../commands/harness.ts';
import { type CollectedSpan, deadAddress, startCollector } from './otlp.ts';

let command: Built;
beforeAll(async () => {
  command = await buildCommand();
});
afterAll(() => command.remove());

const { from, to } = someHour();
const range = `{ from: "${new Date(from).toISOString()}", to: "${new Date(to).toISOString()}" }`;

/** A gateway of its own process that sends its traces to an address. */
async function serve(collector: string) {
  const { file } = await openHarness(['hotroad']);
  const env = { PATH: process.env['PATH'], OTEL_EXPORTER_OTLP_ENDPOINT: collector };
  const child = spawn(process.execPath, [command.file('cli'), 'serve', '--config', file], { env });
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  let log = '';
  child.stderr.on('data', (chunk: Buffer) => {
    log += chunk.toString('utf8');
  });
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  const url = line.toString('utf8').trim().split(' ').at(-1);
  return {
    ask: (query: string, traceparent: string) =>
      fetch(`${url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', traceparent },
        body: JSON.stringify({ query }),
      }).then((answer) => answer.json()),
    log: () => log,
    async stop() {
      const closed = once(child, 'close');
      child.kill('SIGINT');
      return closed;
    },
  };
}

test('follows a caller’s trace from the query to the commit of what it had read', async () => {
  const collector = await startCollector();
  onTestFinished(async () => {
    await collector.close();
  });
  const gateway = await serve(collector.url);
  const traceId = '0af7651916cd43dd8448eb211c80319c';
  const caller = 'b7ad6b7169203331';
  const query = `query Arrived { transfers(filter: { range: ${range} }, maxWait: "20s") { totalCount coverage { complete } } }`;
  expect(await gateway.ask(query, `00-${traceId}-${caller}-01`)).toMatchObject({
    data: { transfers: { coverage: { complete: true } } },
  });
  expect(await gateway.stop()).toEqual([0, null]);

  const spans = collector.spans.filter((span) => span.traceId === traceId);
  const byId = new Map(spans.map((span) => [span.spanId, span]));
  const wayTo = (span: CollectedSpan | undefined): string[] =>
    span === undefined ? [] : [...wayTo(byId.get(span.parentSpanId)), span.name];
  const ways = new Set(spans.map((span) => wayTo(span).join(' > ')));
  expect([...ways].sort()).toEqual([
    'POST /graphql',
    'POST /graphql > ledger',
    'POST /graphql > window',
    'POST /graphql > window > call',
    'POST /graphql > window > commit',
    'POST /graphql > window > pace',
  ]);
  const [request] = spans.filter(({ name }) => name === 'POST /graphql');
  expect(request?.parentSpanId).toBe(caller);
  expect(request?.attributes).toMatchObject({ 'graphql.operation.name': 'Arrived' });
  const [commit] = spans.filter(({ name }) => name === 'commit');
  expect(commit?.attributes).toMatchObject({
    'countroom.account': 'hotroad-main',
    'countroom.kind': 'TRANSFER',
  });
});

test('serves and stops as ever where the collector is away', async () => {
  const gateway = await serve(await deadAddress());
  await gateway.ask('{ providers { name } }', '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01');
  expect(await gateway.stop()).toEqual([0, null]);
});
