import { readFileSync, writeFileSync } from 'node:fs';
import { expect, onTestFinished, test } from 'vitest';
import { createApp } from '../src/app.ts';
import { readConfiguration } from '../src/commands/configuration.ts';
import { createScrubber } from '../src/records/scrub.ts';
import { createLogger } from '../src/server/logger.ts';
import { openHarness, someHour } from './commands/harness.ts';

interface AccountFile {
  id: string;
  credentials: Record<string, unknown>;
  limits?: object;
}
type ConfigurationFile = Record<string, unknown> & { accounts: AccountFile[] };

/** A gateway on sandboxes, and what it takes to have it read another configuration. */
async function openGateway(change: (file: ConfigurationFile) => void = () => {}) {
  const { file, folder, sandboxes } = await openHarness(['ebet', 'hotroad'], (content) => {
    // The sandboxes go by the same credentials: theirs stay as they are.
    const own = structuredClone(content) as ConfigurationFile;
    change(own);
    return own;
  });
  const read = () => readConfiguration(file, { env: {}, cwd: folder });
  const config = read();
  const scrubber = createScrubber(config.secrets);
  const lines: string[] = [];
  const logger = createLogger({
    level: 'debug',
    scrub: scrubber.scrub,
    to: { write: (line) => lines.push(line) },
  });
  const app = await createApp(config, { logger, scrubber });
  onTestFinished(() => app.close());
  const { url } = await app.listen();
  return {
    app,
    sandboxes,
    said: () => lines.join(''),
    /** Writes the configuration with a change, and has it adopted. */
    async adopt(next: (file: ConfigurationFile) => void) {
      const content = JSON.parse(readFileSync(file, 'utf8')) as ConfigurationFile;
      next(content);
      writeFileSync(file, JSON.stringify(content));
      await app.adopt(read());
    },
    async ask<T>(query: string): Promise<T> {
      const answer = await fetch(`${url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ query }),
      });
      const { data } = (await answer.json()) as { data: T };
      return data;
    },
    metrics: async () => (await fetch(`${url}/metrics`)).text(),
  };
}

const { from, to } = someHour();
const hour = `range: { from: "${new Date(from).toISOString()}", to: "${new Date(to).toISOString()}" }`;
const transfers = `{ transfers(filter: { ${hour} }, maxWait: "20s") { totalCount coverage { complete gaps { accountId reason } } } }`;
interface Transfers {
  readonly transfers: {
    readonly totalCount: number;
    readonly coverage: { readonly complete: boolean; readonly gaps: readonly { accountId: string }[] };
  };
}

test('takes mended credentials and other limits without a stop, and strikes the new ones out as well', async () => {
  const mended = 'the-password-that-is-right';
  let right: unknown;
  const gateway = await openGateway(({ accounts }) => {
    const [, account] = accounts;
    right = account!.credentials['password'];
    account!.credentials['password'] = 'not-the-password';
  });
  const before = await gateway.ask<Transfers>(transfers);
  expect(before.transfers.coverage).toMatchObject({ complete: false, gaps: [{ accountId: 'hotroad-main' }] });

  await gateway.adopt(({ accounts }) => {
    accounts[1]!.credentials['password'] = right;
    accounts[0]!.limits = { SEQ_NO_FAILURE: { minInterval: '1s' } };
  });
  const after = await gateway.ask<Transfers>(transfers);
  expect(after.transfers.coverage.complete).toBe(true);
  expect(after.transfers.totalCount).toBeGreaterThan(0);
  const [ebet] = gateway.app.feeds();
  expect(ebet?.limits.minInterval).toBe(1_000);

  await gateway.adopt(({ accounts }) => {
    accounts[1]!.credentials['password'] = mended;
  });
  expect(gateway.said()).not.toContain(String(right));
  expect(gateway.said()).not.toContain(mended);
});

test('takes accounts that come and go; those that stay are asked over the connections they have', async () => {
  const gateway = await openGateway();
  const [ebet, ...hotroad] = gateway.app.feeds();
  await gateway.adopt(({ accounts }) => {
    accounts.splice(1, 1, { ...accounts[1]!, id: 'hotroad-second' });
  });
  const ids = async () => {
    const { accounts } = await gateway.ask<{ accounts: { id: string }[] }>('{ accounts { id } }');
    return accounts.map(({ id }) => id);
  };
  expect(await ids()).toEqual(['ebet-main', 'hotroad-second']);
  expect(gateway.app.feeds()[0]).toBe(ebet);
  expect(hotroad[0]?.upstream?.paused()).not.toBeNull();
  const { transfers: answer } = await gateway.ask<Transfers>(transfers);
  expect(answer.coverage.complete).toBe(true);
  const series = await gateway.metrics();
  expect(series).toContain('countroom_feed_state{account="hotroad-second"');
  expect(series).not.toContain('countroom_feed_state{account="hotroad-main"');
});

test('keeps an account paused that an admin has paused', async () => {
  const gateway = await openGateway();
  await gateway.ask('mutation { pauseAccount(id: "hotroad-main") { id } }');
  await gateway.adopt(({ accounts }) => {
    accounts[1]!.limits = { TRANSFER: { minInterval: '21ms' } };
  });
  const feed = gateway.app
    .feeds()
    .find(({ account, kind }) => account.id === 'hotroad-main' && kind === 'TRANSFER');
  expect(feed?.limits.minInterval).toBe(21);
  expect(feed?.upstream?.paused()).not.toBeNull();
});

test('changes nothing where a part of it cannot be taken', async () => {
  const gateway = await openGateway();
  await gateway.ask(transfers);
  const feeds = gateway.app.feeds();
  const other = gateway.adopt(({ accounts }) => {
    Object.assign(accounts[1]!, { currency: 'EUR' });
  });
  await expect(other).rejects.toThrow(/accounts hotroad-main: currency/);
  const locked = gateway.adopt((content) => {
    Object.assign(content.accounts[1]!, { currency: 'CNY' });
    content['auth'] = { apiKeys: [{ name: 'a', key: 'a-key-of-twenty-letters', role: 'admin' }] };
    content.accounts[0]!.limits = { SEQ_NO_FAILURE: { minInterval: '1s' } };
  });
  await expect(locked).rejects.toThrow(/auth: expected it to stay out/);
  expect(gateway.app.feeds()).toBe(feeds);
});
