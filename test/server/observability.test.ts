import { Registry } from 'prom-client';
import { describe, expect, test } from 'vitest';
import type { Feed, FeedHealth } from '../../src/feeds/feed.ts';
import { localViewer } from '../../src/graph/viewer.ts';
import { createAuditLogger } from '../../src/server/audit/audit-log.ts';
import { createLogger } from '../../src/server/logger.ts';
import { registerFeedMetrics } from '../../src/server/metrics/feeds.ts';
import { ask, bearer, post, start } from './harness.ts';

const auth = {
  apiKeys: [
    { name: 'prometheus', key: 'prometheus-key-of-tests', role: 'viewer' as const },
    { name: 'partial', key: 'partial-key-of-tests', role: 'admin' as const, accounts: ['vp-main'] },
    { name: 'powerbi', key: 'powerbi-key-of-tests', role: 'bi' as const },
  ],
};

describe('metrics', () => {
  test('count requests, operations, rows and cost, beside the process’s own', async () => {
    const running = await start();
    await post(running, '{ bets(first: 3) { nodes { id } } }');
    await post(running, '{ nothing }');
    const { text, headers } = await ask(`${running.url}/metrics`);
    expect(headers['content-type']).toContain('text/plain');
    expect(text).toContain('process_cpu_user_seconds_total');
    expect(text).toContain('countroom_graphql_operations_total{outcome="OK"} 1');
    expect(text).toContain('countroom_graphql_operations_total{outcome="GRAPHQL_VALIDATION_FAILED"} 1');
    expect(text).toContain('countroom_graphql_rows_total 3');
    expect(text).toContain(
      'countroom_http_request_seconds_count{route="/graphql",method="POST",status="200"} 1',
    );
  });

  test('name no path a stranger made up', async () => {
    const running = await start();
    await ask(`${running.url}/made-up-by-a-stranger`);
    expect(await running.registry.metrics()).not.toContain('made-up');
  });

  test('are for keys that see every account', async () => {
    const { url } = await start({ auth });
    const status = async (key: string) => (await ask(`${url}/metrics`, { headers: bearer(key) })).status;
    expect(
      await Promise.all(
        ['prometheus-key-of-tests', 'partial-key-of-tests', 'powerbi-key-of-tests'].map(status),
      ),
    ).toEqual([200, 403, 403]);
  });

  test('show each feed’s health as it is when they are read', async () => {
    const registry = new Registry();
    const feed = { account: { id: 'vp-main' }, kind: 'BET' } as Feed;
    let health: FeedHealth = {
      state: 'OK',
      lastSuccessAt: 5_000,
      lastFailureAt: null,
      message: null,
      retryAt: null,
      queued: 2,
      reading: 1,
    };
    registerFeedMetrics(
      registry,
      () => [feed],
      () => health,
    );
    const labels = 'account="vp-main",kind="BET"';
    expect(await registry.metrics()).toContain(`countroom_feed_last_success_timestamp_seconds{${labels}} 5`);
    health = { ...health, state: 'FAILING', queued: 0 };
    const text = await registry.metrics();
    expect(text).toContain(`countroom_feed_state{${labels},state="OK"} 0`);
    expect(text).toContain(`countroom_feed_state{${labels},state="FAILING"} 1`);
    expect(text).toContain(`countroom_feed_windows_queued{${labels}} 0`);
  });
});

describe('the audit log', () => {
  test('tells who asked what and how many rows were given, and never which', async () => {
    const running = await start({ auth });
    const answer = await post(
      running,
      'query Page { bets(first: 4) { nodes { id } } }',
      bearer('partial-key-of-tests'),
    );
    expect(running.audited).toEqual([
      {
        requestId: answer.headers['x-request-id'],
        viewer: expect.objectContaining({ name: 'partial', accounts: ['vp-main'] }),
        route: 'graphql',
        operation: 'Page',
        rows: 4,
        durationMs: expect.any(Number),
        cost: 55,
        error: null,
      },
    ]);
  });

  test.each([
    ['edges and nodes alike', '{ bets(first: 3) { edges { node { id } } nodes { id } } }', 6],
    ['rows by id, through fragments', '{ nodes(ids: ["a", "b"]) { ...N } } fragment N on Node { id }', 2],
    ['aliased lists', '{ a: bets(first: 1) { nodes { id } } b: bets(first: 2) { n: nodes { id } } }', 3],
    ['no rows where only a count was asked for', '{ bets(first: 3) { totalCount } }', 0],
    ['no rows where there was nothing', '{ who }', 0],
  ])('counts %s', async (_what, query, rows) => {
    const running = await start();
    expect((await post(running, query)).json.errors).toBeUndefined();
    expect(running.audited.map((entry) => entry.rows)).toEqual([rows]);
  });

  test('tells of what was refused, by its code', async () => {
    const running = await start();
    await post(running, '{ nothing }');
    await post(running, '{');
    expect(running.audited.map(({ error, cost }) => [error, cost])).toEqual([
      ['GRAPHQL_VALIDATION_FAILED', null],
      ['GRAPHQL_PARSE_FAILED', null],
    ]);
  });

  test('is a line of the log unless told otherwise', () => {
    const lines: string[] = [];
    const audit = createAuditLogger(createLogger({ to: { write: (line) => lines.push(line) } }));
    const asked = {
      requestId: 'r',
      route: 'export',
      operation: 'bets.csv',
      rows: 5,
      durationMs: 3,
      cost: null,
      error: null,
    };
    audit({ ...asked, viewer: localViewer });
    expect(JSON.parse(lines.join(''))).toMatchObject({
      msg: 'asked',
      trail: { key: 'anonymous', role: 'admin', accounts: 'all', ...asked },
    });
  });
});
