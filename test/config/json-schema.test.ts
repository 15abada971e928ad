// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the text is a configuration's own variable
import { expect, it } from 'vitest';
import { z } from 'zod';
import { configJsonSchema } from '../../src/config/json-schema.ts';
import { providers } from './files.ts';

const schema = configJsonSchema(providers);
// zod reads JSON Schema back, so that a reader other than the writer's own mind judges it
const reader = z.fromJSONSchema(schema);

const account = {
  id: 'vp-main',
  provider: 'vertexplay',
  baseUrl: 'https://vp.example.com',
  credentials: { agentId: 'a', apiKey: '00112233' },
};

it('takes what the configuration takes', () => {
  expect(reader.safeParse({ accounts: [account] }).success).toBe(true);
  expect(reader.safeParse({ accounts: [account], server: { port: '${PORT}' } }).success).toBe(true);
  const limits = { BET: { maxWindow: 'none', minInterval: '300ms', quota: { calls: 1, per: '1m' } } };
  expect(reader.safeParse({ accounts: [{ ...account, limits }] }).success).toBe(true);
});

it('refuses unknown keys, wrong types and durations that are none', () => {
  expect(reader.safeParse({ accounts: [account], servre: {} }).success).toBe(false);
  expect(reader.safeParse({ accounts: [{ ...account, provider: 'nobody' }] }).success).toBe(false);
  expect(reader.safeParse({ accounts: [account], server: { maxRange: '40 days' } }).success).toBe(false);
  expect(reader.safeParse({ accounts: [{ ...account, limits: { TRANSFER: {} } }] }).success).toBe(false);
});
