import { Registry } from 'prom-client';
import { expect, test } from 'vitest';
import { registerChannelMetrics } from '../../../src/server/metrics/channel.ts';

test('tells how many messages of strangers came over the processes’ channel, as often as it is asked', async () => {
  const registry = new Registry();
  let came = 0;
  registerChannelMetrics(registry, { unreadable: () => came });
  expect(await registry.metrics()).toContain('countroom_channel_unreadable_total 0');
  came = 7;
  expect(await registry.metrics()).toContain('countroom_channel_unreadable_total 7');
  expect(await registry.metrics()).toContain('countroom_channel_unreadable_total 7');
});
