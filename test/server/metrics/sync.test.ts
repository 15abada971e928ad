import { Registry } from 'prom-client';
import { expect, test } from 'vitest';
import type { Feed } from '../../../src/feeds/feed.ts';
import type { Plan } from '../../../src/feeds/schedule.ts';
import { createDriftCounter } from '../../../src/server/metrics/drift.ts';
import {
  createAuditMetric,
  createLatenessMetric,
  createRowCounter,
  registerSyncMetrics,
} from '../../../src/server/metrics/sync.ts';
import { unchanged } from '../../archive/conformance/sample.ts';

const feed = { account: { id: 'vp-main', provider: 'vertexplay', currency: null }, kind: 'BET' } as Feed;
const labels = 'account="vp-main",kind="BET"';

test('tells of history that is about to be lost, once it was planned', async () => {
  const registry = new Registry();
  let plan: Plan | null = null;
  registerSyncMetrics(
    registry,
    () => [feed],
    () => plan,
  );
  expect(await registry.metrics()).not.toContain(labels);
  plan = { windows: [], expiringMs: 90_000, lostMs: 0, missingMs: 120_000 };
  const text = await registry.metrics();
  expect(text).toContain(`countroom_feed_expiring_seconds{${labels}} 90`);
  expect(text).toContain(`countroom_feed_missing_seconds{${labels}} 120`);
  expect(text).toContain(`countroom_feed_lost_seconds{${labels}} 0`);
});

test('counts what becomes of rows, by feed', async () => {
  const registry = new Registry();
  const count = createRowCounter(registry);
  count(feed, { ...unchanged, inserted: 5, late: 2, changed: 3, moved: 1, duplicates: 4 });
  count(feed, { ...unchanged, inserted: 1, vanished: 1 });
  const text = await registry.metrics();
  for (const [change, rows] of Object.entries({
    inserted: 6,
    late: 2,
    changed: 3,
    moved: 1,
    vanished: 1,
    contradicted: 0,
    withdrawn: 0,
    restored: 0,
  })) {
    expect(text).toContain(`countroom_rows_total{${labels},change="${change}"} ${rows}`);
  }
});

test('has the series of each feed before anything happened, so that the first change is an increase', async () => {
  const registry = new Registry();
  createRowCounter(registry, [feed]);
  createAuditMetric(registry, [feed]);
  createDriftCounter(registry, [feed]);
  const text = await registry.metrics();
  expect(text).toContain(`countroom_rows_total{${labels},change="contradicted"} 0`);
  expect(text).toContain(`countroom_audit_rows_total{${labels},change="changed"} 0`);
  expect(text).toContain(`countroom_feed_drift_total{${labels},drift="quarantined"} 0`);
});

test('tells how late rows came, once for each that can be told of', async () => {
  const registry = new Registry();
  const note = createLatenessMetric(registry);
  const counts = { inserted: 3, late: 0, changed: 0, moved: 0, duplicates: 0, vanished: 0 };
  const result = { ...counts, contradicted: 0, withdrawn: 0, restored: 0 };
  note(feed, result);
  note(feed, {
    ...result,
    lateness: [
      { withinMs: 41_000, rows: 2 },
      { withinMs: 7_200_000, rows: 1 },
    ],
  });
  const text = await registry.metrics();
  const bucket = (le: string) => `countroom_row_lateness_seconds_bucket{le="${le}",${labels}}`;
  expect(text).toContain(`${bucket('30')} 0`);
  expect(text).toContain(`${bucket('45')} 2`);
  expect(text).toContain(`${bucket('21600')} 3`);
  expect(text).toContain(`countroom_row_lateness_seconds_sum{${labels}} 7282`);
});

test('counts what audits read, and what they found', async () => {
  const registry = new Registry();
  const note = createAuditMetric(registry);
  const nothing = { inserted: 0, late: 0, changed: 0, moved: 0, duplicates: 0, vanished: 0 };
  note(feed, { ...nothing, contradicted: 0, withdrawn: 0, restored: 0 });
  note(feed, { ...nothing, changed: 2, contradicted: 1, withdrawn: 0, restored: 0 });
  const text = await registry.metrics();
  expect(text).toContain(`countroom_audit_reads_total{${labels}} 2`);
  expect(text).toContain(`countroom_audit_rows_total{${labels},change="changed"} 2`);
  expect(text).toContain(`countroom_audit_rows_total{${labels},change="contradicted"} 1`);
});
