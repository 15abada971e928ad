import { Registry } from 'prom-client';
import { expect, test } from 'vitest';
import { registerArchiveMetrics } from '../../../src/server/metrics/archive.ts';
import { registerBuildInfo } from '../../../src/server/metrics/build-info.ts';
import { ask, start } from '../harness.ts';

test('the archive’s readiness is what it is when it is read', async () => {
  const registry = new Registry();
  let trouble: string | null = null;
  registerArchiveMetrics(registry, () => trouble);
  expect(await registry.metrics()).toContain('countroom_archive_ready 1');
  trouble = 'the disk is full';
  expect(await registry.metrics()).toContain('countroom_archive_ready 0');
});

test('the release that runs is a label', async () => {
  const registry = new Registry();
  registerBuildInfo(registry, '1.2.3');
  const { node } = process.versions;
  expect(await registry.metrics()).toContain(`countroom_build_info{version="1.2.3",node="${node}"} 1`);
});

test('no series but a counter is named _total', async () => {
  const { text } = await ask(`${(await start()).url}/metrics`);
  const typed = [...text.matchAll(/^# TYPE (\S+) (\S+)$/gm)].map(([, name = '', type = '']) => ({
    name,
    type,
  }));
  expect(typed.length).toBeGreaterThan(20);
  expect(typed.filter(({ name, type }) => name.endsWith('_total') && type !== 'counter')).toEqual([]);
});
