import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { z } from 'zod';
import type { ProviderSchemas } from '../../src/config/accounts.ts';
import type { Config } from '../../src/config/config.ts';
import { loadConfig } from '../../src/config/load.ts';
import { UsageError } from '../../src/errors.ts';
import type { FeedLimits } from '../../src/providers/provider.ts';

export const defaults: FeedLimits = {
  maxWindow: 600_000,
  grid: 600_000,
  minInterval: 3_000,
  quota: null,
  retention: 40 * 86_400_000,
  rowCap: 20_000,
  settlementLag: 120_000,
  openMaxAge: 30_000,
  confirmAfter: 600_000,
  settlesWithin: 86_400_000,
  timeout: 10_000,
  maxAttempts: 5,
};

/** Two providers as the configuration sees them. */
export const providers: readonly ProviderSchemas[] = [
  {
    name: 'vertexplay',
    needsCurrency: false,
    credentials: z.strictObject({ agentId: z.string(), apiKey: z.string().regex(/^[0-9a-f]{8}$/) }),
    options: z.strictObject({ timeAxis: z.enum(['txTime', 'betTime']).default('txTime') }),
    feeds: [{ kind: 'BET', limits: defaults, paging: 'whole', stepMs: 1 }],
  },
  {
    name: 'hotroad',
    needsCurrency: true,
    credentials: z.strictObject({
      password: z.string(),
      keyFile: z.string().optional(),
      shift: z.int().optional(),
    }),
    options: z.strictObject({}),
    feeds: [
      { kind: 'BET', limits: defaults, paging: 'whole', stepMs: 1 },
      { kind: 'TRANSFER', limits: { ...defaults, maxWindow: null }, paging: 'whole', stepMs: 1 },
    ],
  },
];

/** A folder with these files in it, gone when the test ends. */
export function folderWith(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'countroom-test-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return folder;
}

export interface LoadAsk {
  readonly env?: Readonly<Record<string, string>>;
  readonly files?: Readonly<Record<string, string>>;
}

export function load(yaml: string, { env = {}, files = {} }: LoadAsk = {}): Config {
  const cwd = folderWith({ 'countroom.yaml': yaml, ...files });
  return loadConfig({ env, cwd, providers });
}

/** The faults of a configuration that must be refused. */
export function faultsOf(yaml: string, ask: LoadAsk = {}): readonly string[] {
  try {
    load(yaml, ask);
  } catch (error) {
    if (error instanceof UsageError) return error.faults;
    throw error;
  }
  throw new Error('the configuration was taken');
}

/** One good account, to put other sections beside. */
export const oneAccount = `
accounts:
  - id: vp-main
    provider: vertexplay
    baseUrl: https://vp.example.com/
    credentials: { agentId: agent, apiKey: 00112233 }
`.replace('00112233', '"00112233"');
