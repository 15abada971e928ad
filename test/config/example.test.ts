import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { loadConfig } from '../../src/config/load.ts';
import { UsageError } from '../../src/errors.ts';
import { providers } from '../../src/providers/registry.ts';
import { createSandboxes } from '../../src/sandbox/create.ts';
import { folderWith } from './files.ts';

const root = join(import.meta.dirname, '../..');
const text = readFileSync(join(root, 'countroom.example.yaml'), 'utf8');

interface Example {
  readonly accounts: readonly {
    readonly provider: string;
    readonly credentials: Readonly<Record<string, unknown>>;
  }[];
}

/** The example's variables, each with what the provider's sandbox takes in its place. */
const env = await variables();

async function variables(): Promise<Readonly<Record<string, string>>> {
  const sandboxes = await createSandboxes(providers);
  const found = (parse(text) as Example).accounts.flatMap(({ provider, credentials }) => {
    const taken = sandboxes[provider]?.account['credentials'] as Readonly<Record<string, unknown>>;
    return Object.entries(credentials).flatMap(([name, value]) => {
      const variable = /^\$\{(\w+)\}$/.exec(String(value))?.[1];
      return variable === undefined ? [] : [[variable, String(taken[name])]];
    });
  });
  return Object.fromEntries(found);
}

it('has an example with an account of every provider, in the order of the registry', () => {
  const config = loadConfig({ file: 'countroom.example.yaml', env, cwd: root, providers });
  expect(config.accounts.map(({ provider }) => provider)).toEqual(providers.map(({ name }) => name));
  expect(config.server.port).toBe(4000);
  expect(config.sync).toMatchObject({ enabled: true, since: null });
  const kinds = config.accounts.map(({ limits }) => Object.keys(limits));
  expect(kinds).toEqual(providers.map(({ feeds }) => feeds.map(({ kind }) => kind)));
});

it('names every variable that is missing, at once', () => {
  const ask = { file: 'countroom.example.yaml', env: {}, cwd: root, providers };
  expect(Object.keys(env).length).toBeGreaterThanOrEqual(providers.length);
  expect(() => loadConfig(ask)).toThrow(UsageError);
  for (const name of Object.keys(env)) expect(() => loadConfig(ask)).toThrow(`variable ${name} is not set`);
});

it('refuses unknown keys in every provider’s credentials and options', () => {
  const yaml = text
    .replaceAll(/credentials: \{/g, 'credentials: { nonsense: 1,')
    .replaceAll(/options: \{/g, 'options: { nonsense: 1,')
    .replace('    currency: CNY', '    options: { nonsense: 1 }\n    currency: CNY');
  const cwd = folderWith({ 'countroom.yaml': yaml });
  const places = providers.flatMap((_, index) =>
    ['credentials', 'options'].map((part) => `accounts[${index}].${part}.nonsense: unknown key`),
  );
  for (const place of places) expect(() => loadConfig({ env, cwd, providers })).toThrow(place);
});
