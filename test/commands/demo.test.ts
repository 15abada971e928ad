import { existsSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { expect, it } from 'vitest';
import { demo } from '../../src/commands/demo.ts';
import { providers } from '../../src/providers/registry.ts';
import { createWorld } from './harness.ts';

const folders = () => readdirSync(tmpdir()).filter((name) => name.startsWith('countroom-demo-'));

it('invites with a query that shows every provider, and leaves nothing behind', async () => {
  const before = folders();
  const io = createWorld();
  const running = demo({ port: 0, hours: 12, io });
  await io.until('Ctrl-C');
  const url = /^countroom answers at (\S+)$/m.exec(io.out())?.[1];
  const query = /^\{\n.*^\}$/ms.exec(io.out())?.[0];
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query }),
  });
  const { data } = (await response.json()) as { data: Record<string, Record<string, unknown>> };
  const totals = data['betTotals']?.['rows'] as readonly { account: string }[];
  const listBets = providers.filter(({ feeds }) => feeds.some(({ kind }) => kind === 'BET'));
  expect(new Set(totals.map(({ account }) => account))).toEqual(
    new Set(listBets.map(({ name }) => `${name}-demo`)),
  );
  expect(data['bets']?.['coverage']).toEqual({ complete: true, gaps: [] });
  expect(data['transfers']?.['totalCount']).toBeGreaterThan(0);
  expect(data['seqNoFailures']?.['totalCount']).toBeGreaterThan(0);

  io.stop();
  expect(await running).toBe(0);
  expect(folders().filter((name) => !before.includes(name) && existsSync(name))).toEqual([]);
});
