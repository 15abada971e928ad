import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { loadConfig } from '../../src/config/load.ts';
import { UsageError } from '../../src/errors.ts';
import { providers } from '../../src/providers/registry.ts';
import { folderWith } from './files.ts';

const root = join(import.meta.dirname, '../..');
const text = readFileSync(join(root, 'countroom.example.yaml'), 'utf8');

const env = {
  EBET_PRIVATE_KEY: '-----BEGIN PRIVATE KEY-----',
  VP_API_KEY: '0123456789abcdef'.repeat(4),
  VP_SECRET_KEY: 'vp-secret',
  HRG_USER: 'hrg-user',
  HRG_PASSWORD: 'hrg-password',
  ONE_KEY: 'one-key',
  ONE_SECRET: 'one-secret',
};

it('has an example that every provider takes', () => {
  const config = loadConfig({ file: 'countroom.example.yaml', env, cwd: root, providers });
  expect(config.accounts.map(({ provider }) => provider)).toEqual([
    'ebet',
    'vertexplay',
    'hotroad',
    'oneapi',
  ]);
  expect(config.server.port).toBe(4000);
  const limits = config.accounts.map((account) => account.limits);
  for (const { name, feeds } of providers) {
    const index = config.accounts.findIndex(({ provider }) => provider === name);
    expect(Object.keys(limits[index] ?? {})).toEqual(feeds.map(({ kind }) => kind));
  }
});

it('names every variable that is missing, at once', () => {
  const ask = { file: 'countroom.example.yaml', env: {}, cwd: root, providers };
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
