import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { createApp } from '../../src/app.ts';
import { loadConfig } from '../../src/config/load.ts';
import { checkProviders } from '../../src/providers/list.ts';
import { provider as oneapi } from '../../src/providers/oneapi/index.ts';
import type { Provider } from '../../src/providers/provider.ts';
import { providers } from '../../src/providers/registry.ts';
import type { CreateSandbox } from '../../src/providers/sandbox.ts';
import { createSandboxes } from '../../src/sandbox/create.ts';
import { createSandboxServer } from '../../src/sandbox/host.ts';
import { createLogger } from '../../src/server/logger.ts';

/** A provider that only tests know: OneAPI's protocol under another name. */
const paper: Provider = {
  ...oneapi,
  name: 'paper',
  title: 'Paper',
  summary: 'bets on paper',
  async loadSandbox(): Promise<CreateSandbox> {
    const create = await oneapi.loadSandbox();
    return (settings) => {
      const sandbox = create(settings);
      return { ...sandbox, account: { ...sandbox.account, provider: 'paper' } };
    };
  },
};

// The one line.
const registry = checkProviders([...providers, paper]);

it('needs one line in the registry to be configured, asked, shown, filtered by and exported', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'countroom-paper-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const sandboxes = await createSandboxes([paper], { minIntervalMs: 0 });
  const host = await createSandboxServer({ sandboxes });
  onTestFinished(() => host.close());
  const account = { id: 'paper-main', baseUrl: host.baseUrl('paper'), ...sandboxes['paper']!.account };
  const file = join(folder, 'countroom.json');
  const archive = { url: 'duckdb::memory:' };
  const sync = { enabled: false };
  writeFileSync(file, JSON.stringify({ server: { port: 0 }, archive, sync, accounts: [account] }));
  const config = loadConfig({ file, env: {}, cwd: folder, providers: registry });
  const app = await createApp(config, { logger: createLogger({ level: 'silent' }), providers: registry });
  onTestFinished(() => app.close());
  const { url } = await app.listen();

  const to = Math.floor(Date.now() / 3_600_000) * 3_600_000 - 3_600_000;
  const range = { from: to - 600_000, to };
  const [from, until] = [range.from, range.to].map((at) => new Date(at).toISOString());
  const query = `{
    providers { name title kinds }
    __type(name: "ProviderName") { enumValues { name description } }
    bets(filter: { range: { from: "${from}", to: "${until}" }, providers: [PAPER] }, first: 1000, maxWait: "30s") {
      nodes { raw account { provider } } coverage { complete }
    }
  }`;
  const headers = { 'content-type': 'application/json' };
  const answer = await fetch(`${url}/graphql`, { method: 'POST', headers, body: JSON.stringify({ query }) });
  const { data } = (await answer.json()) as { data: Answer };
  expect(data.providers.at(-1)).toEqual({ name: 'PAPER', title: 'Paper', kinds: ['BET'] });
  expect(data.__type.enumValues.at(-1)).toEqual({ name: 'PAPER', description: 'Paper: bets on paper.' });
  expect(data.bets.coverage).toEqual({ complete: true });
  expect(new Set(data.bets.nodes.map((node) => node.account.provider))).toEqual(new Set(['PAPER']));
  const truth = sandboxes['paper']!.truth('BET', range);
  expect(data.bets.nodes.map(({ raw }) => raw).sort()).toEqual([...truth].sort());

  const exported = await fetch(`${url}/export/bets.csv?from=${from}&to=${until}&providers=PAPER`);
  expect((await exported.text()).trim().split('\r\n')).toHaveLength(truth.length + 1);
});

interface Answer {
  readonly providers: readonly object[];
  readonly __type: { readonly enumValues: readonly object[] };
  readonly bets: {
    readonly nodes: readonly { readonly raw: string; readonly account: { readonly provider: string } }[];
    readonly coverage: { readonly complete: boolean };
  };
}
