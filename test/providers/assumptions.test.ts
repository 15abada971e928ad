import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { provider as hotroad } from '../../src/providers/hotroad/index.ts';
import { provider as oneapi } from '../../src/providers/oneapi/index.ts';

const read = (path: string) => readFileSync(join(import.meta.dirname, '../..', path), 'utf8');
const [documentation, graph, example] = ['docs/providers.md', 'schema.graphql', 'countroom.example.yaml'].map(
  read,
);

/** What the providers' documents leave open is said wherever somebody might rely on it. */
it('says that HotRoad lists no bets in other currencies than the account’s', () => {
  expect(documentation).toMatch(
    /does not support non-accounting currencies" \(3\.7\): bets in them are not listed/,
  );
  expect(graph).toMatch(/HotRoad does not support non-accounting currencies, .* not listed, and in no total/);
  expect(graph).toMatch(/HotRoad Gaming: bets at most 40 days back and in the account’s currency alone/);
  expect(example).toMatch(/currency: CNY # .*\("non-accounting"\) currencies it does not list/);
});

it('says that the 40 days of HotRoad’s log of transfers are an assumption, and states no retention of its own', () => {
  const transfers = hotroad.feeds.find(({ kind }) => kind === 'TRANSFER');
  expect(transfers?.limits.retention).toBeNull();
  expect(documentation).toMatch(/how far back the transfer log goes \| 40 days, as its bets: an assumption/);
  expect(graph).toMatch(/transfers, believed to go back as far: its document states no end/);
  expect(graph).toMatch(/HotRoad’s log is believed to go 40 days back, which its document does not say/);
  expect(example).toMatch(/TRANSFER: \{ retention: 40d \} \} # .*40 days are assumed/);
});

it('calls OneAPI every 200 ms at most, and says that this is ours', () => {
  expect(oneapi.feeds.map(({ limits }) => limits.minInterval)).toEqual([200]);
  expect(documentation).toMatch(/OneAPI is called at most every 200 ms.*These are ours/);
  expect(graph).toMatch(/OneAPI: .*its document states no pace, 200 ms between calls are ours/);
  expect(graph).toMatch(/or a courtesy of ours where its document states no pace/);
  expect(example).toMatch(/without minInterval it is 200ms here, which is ours/);
});
