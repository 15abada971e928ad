import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { UsageError } from '../../src/errors.ts';
import { checkProviders, providerNamed } from '../../src/providers/list.ts';
import { providers } from '../../src/providers/registry.ts';
import { createSandboxes } from '../../src/sandbox/create.ts';

const root = join(import.meta.dirname, '../..');

/** What README calls each kind of rows. */
const words = { BET: 'bets', TRANSFER: 'transfers', SEQ_NO_FAILURE: 'failed wallet callbacks' };

describe('the registry', () => {
  it('lists every folder of a provider, each with the same files and what the conformance suite must know', () => {
    const folders = readdirSync(join(root, 'src/providers'), { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => name);
    expect(providers.map(({ name }) => name).sort()).toEqual(folders.sort());
    const parts = ['index', 'options', 'codes', 'wire', 'mapping', 'client', 'sandbox'];
    for (const name of folders) {
      const files = parts.map((part) => `src/providers/${name}/${part}.ts`);
      const lacking = [...files, `test/providers/${name}/conformance.ts`].filter(
        (file) => !existsSync(join(root, file)),
      );
      expect(lacking).toEqual([]);
    }
  });

  it('is what README’s table of providers says', () => {
    const readme = readFileSync(join(root, 'README.md'), 'utf8');
    const table = /^## Providers\n+((?:\|.*\n)+)/m.exec(readme)?.[1] ?? '';
    const [, , ...rows] = table.trim().split('\n');
    expect(rows.map((row) => row.split(' | ')[0])).toEqual(
      providers.map(({ name, title }) => `| \`${name}\` ${title}`),
    );
    for (const [index, { name, feeds }] of providers.entries()) {
      const listed = rows[index]!.split(' | ')[1]!;
      for (const { kind } of feeds) expect(listed, name).toContain(words[kind]);
    }
  });

  it('gives every provider a sandbox whose account its schemas accept', async () => {
    const sandboxes = await createSandboxes(providers);
    expect(Object.keys(sandboxes)).toEqual(providers.map(({ name }) => name));
    for (const { name, credentials, options, needsCurrency } of providers) {
      const { account } = sandboxes[name]!;
      expect(account['provider']).toBe(name);
      expect(credentials.safeParse(account['credentials']).success).toBe(true);
      expect(options.safeParse(account['options'] ?? {}).success).toBe(true);
      expect(typeof account['currency']).toBe(needsCurrency ? 'string' : 'undefined');
    }
  });

  it('has an account that is called at the interval its sandbox is given', async () => {
    const sandboxes = await createSandboxes(providers, { minIntervalMs: 20 });
    for (const { name, feeds } of providers) {
      const limits = Object.fromEntries(feeds.map(({ kind }) => [kind, { minInterval: '20ms' }]));
      expect(sandboxes[name]!.account['limits']).toEqual(limits);
    }
  });

  it('refuses two providers of one name, and says which', () => {
    const twice = [...providers, { name: 'ebet', title: 'eBET II' }];
    expect(() => checkProviders(twice)).toThrow(UsageError);
    expect(() => checkProviders(twice)).toThrow(
      'providers: expected each name once, got "ebet" for eBET and for eBET II',
    );
  });

  it('refuses a name that the graph could not spell', () => {
    for (const name of ['', 'Two Words', 'two-words', '2x', 'a_b']) {
      expect(() => checkProviders([{ name, title: 'Some' }])).toThrow(`Some: expected a name of`);
    }
  });

  it('finds a provider by its name, and names those there are where it is unknown', () => {
    expect(providerNamed(providers, 'hotroad').title).toBe('HotRoad Gaming');
    const names = providers.map(({ name }) => name).join(', ');
    expect(() => providerNamed(providers, 'none')).toThrow(`expected one of ${names}, got none`);
  });
});
