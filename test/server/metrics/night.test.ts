import { Registry } from 'prom-client';
import { expect, test } from 'vitest';
import type { ArchiveDescription } from '../../../src/archive/admin.ts';
import type { Archive } from '../../../src/archive/archive.ts';
import type { Feed } from '../../../src/feeds/feed.ts';
import { registerArchiveSize, timeCommits } from '../../../src/server/metrics/archive.ts';
import { registerProviderMetrics } from '../../../src/server/metrics/feeds.ts';
import { createServerMetrics } from '../../../src/server/metrics/server.ts';
import { createUpstreamMetrics } from '../../../src/server/metrics/upstream.ts';
import type { AttemptReport } from '../../../src/upstream/attempt-report.ts';

const attempt: AttemptReport = {
  account: 'vp-main',
  operation: 'betlogs',
  host: 'vp.example.com',
  path: '/v2/betlogs',
  attempt: 1,
  outcome: 'retry',
  status: null,
  upstreamCode: null,
  said: null,
  retryInMs: 250,
  durationMs: 40,
  waitedMs: 2_500,
};

test('counts what calls that are tried again failed of, and how long each waited for its slot', async () => {
  const registry = new Registry();
  const count = createUpstreamMetrics(registry);
  count({ ...attempt, upstreamCode: 'ECONNRESET' });
  count({ ...attempt, upstreamCode: 'TIMEOUT' });
  count({ ...attempt, upstreamCode: 'HTTP 502', status: 502 });
  count({ ...attempt, upstreamCode: 'NOT_JSON', status: 200 });
  count({ ...attempt, outcome: 'slowDown', upstreamCode: '90006', status: 200 });
  count({ ...attempt, outcome: 'giveUp', upstreamCode: '77', status: 200, retryInMs: null });
  const text = await registry.metrics();
  const series = (cause: string) =>
    `countroom_upstream_retries_total{account="vp-main",operation="betlogs",cause="${cause}"} 1`;
  for (const cause of ['socket', 'timeout', 'status', 'body', 'refused'])
    expect(text).toContain(series(cause));
  expect(text.match(/^countroom_upstream_retries_total/gm)).toHaveLength(5);
  expect(text).toContain('countroom_pace_wait_seconds_bucket{le="1",account="vp-main"} 0');
  expect(text).toContain('countroom_pace_wait_seconds_bucket{le="3",account="vp-main"} 6');
});

test('tells pace, outage and clock of each feed’s provider as they are when they are read', async () => {
  const registry = new Registry();
  let offset: { leastMs: number; mostMs: number } | null = { leastMs: -1_200, mostMs: 300 };
  const upstream = {
    outage: () => ({ error: new Error('down'), retryInMs: 1 }),
    calls: () => ({ calls: 12, refused: 2 }),
    clock: { offset: () => offset },
  };
  const pace = { key: 'k', minIntervalMs: 3_000, quota: null };
  const feed = { account: { id: 'vp-main' }, kind: 'BET', pace, upstream } as unknown as Feed;
  registerProviderMetrics(registry, () => [
    feed,
    { ...feed, kind: 'TRANSFER', upstream: undefined } as never,
  ]);
  const text = await registry.metrics();
  for (const [name, value] of [
    ['countroom_upstream_held_back', 1],
    ['countroom_pace_calls', 12],
    ['countroom_pace_refused_calls', 2],
    ['countroom_pace_allowed_calls', 20],
  ]) {
    expect(text).toContain(`${name}{account="vp-main",kind="BET"} ${value}\n`);
  }
  expect(text).not.toContain('kind="TRANSFER"');
  expect(text).toContain('countroom_provider_clock_offset_seconds{account="vp-main",bound="least"} -1.2');
  expect(text).toContain('countroom_provider_clock_offset_seconds{account="vp-main",bound="most"} 0.3');
  offset = null;
  expect(await registry.metrics()).not.toContain('clock_offset_seconds{');
});

test('looks the archive’s size up once in a minute, however often it is asked', async () => {
  const registry = new Registry();
  let looks = 0;
  let now = 1_000_000;
  const size: ArchiveDescription = {
    engine: 'DuckDB',
    version: 'v1',
    layout: 1,
    bytes: 4_096,
    freeBytes: null,
    rows: { BET: 7, TRANSFER: 2, SEQ_NO_FAILURE: 0 },
  };
  const about = async () => {
    looks += 1;
    return size;
  };
  registerArchiveSize(registry, about, { now: () => now });
  const text = await registry.metrics();
  expect(text).toContain('countroom_archive_bytes 4096');
  expect(text).toContain('countroom_archive_rows{kind="BET"} 7');
  await registry.metrics();
  expect(looks).toBe(1);
  now += 60_000;
  await registry.metrics();
  expect(looks).toBe(2);
});

test('times commits, also those that fail, and hands on what came of them', async () => {
  const registry = new Registry();
  let time = 0;
  let fails = false;
  const archive = {
    async commit() {
      time += 700;
      if (fails) throw new Error('full');
      return { inserted: 3 };
    },
  } as unknown as Pick<Archive, 'commit'>;
  const timed = timeCommits(registry, archive, { monotonic: () => time });
  expect(await timed.commit({} as never)).toEqual({ inserted: 3 });
  fails = true;
  await expect(timed.commit({} as never)).rejects.toThrow('full');
  const text = await registry.metrics();
  expect(text).toContain('countroom_archive_commit_seconds_sum{outcome="ok"} 0.7');
  expect(text).toContain('countroom_archive_commit_seconds_count{outcome="failed"} 1');
});

test('counts operations by name, of which it keeps a hundred', async () => {
  const registry = new Registry();
  const { operation } = createServerMetrics(registry);
  const asked = { outcome: 'OK', rows: 1, cost: 5 };
  for (let index = 0; index < 99; index += 1) operation({ ...asked, name: `Q${index}` });
  operation({ ...asked, name: null });
  operation({ ...asked, name: 'TooMany' });
  operation({ name: 'Q0', outcome: 'BAD_USER_INPUT', rows: 0, cost: null });
  const text = await registry.metrics();
  expect(text).toContain('countroom_graphql_named_operations_total{operation="Q0"} 2');
  expect(text).toContain('countroom_graphql_named_cost_total{operation="Q0"} 5');
  expect(text).toContain('countroom_graphql_named_operations_total{operation=""} 1');
  expect(text).toContain('countroom_graphql_named_operations_total{operation="other"} 1');
  expect(text).not.toContain('TooMany');
  expect(text).toContain('countroom_graphql_cost_total 505');
});
