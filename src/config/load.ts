import { existsSync, readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { UsageError } from '../errors.ts';
import type { ProviderSchemas } from './accounts.ts';
import { conceal, redact } from './conceal.ts';
import type { AccountConfig, Config } from './config.ts';
import { pathText } from './fault.ts';
import { createInspector } from './inspector.ts';
import { readSections } from './sections.ts';
import { readSource } from './source.ts';
import { resolveVariables } from './variables.ts';

export interface LoadSettings {
  /** As given by `--config`. */
  readonly file?: string | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly providers: readonly ProviderSchemas[];
}

/**
 * The configuration of `file`, else `COUNTROOM_CONFIG`, else `./countroom.yaml`. Throws a UsageError with every
 * fault at once, each with its path and without any secret. Relative paths start at the file's folder.
 */
export function loadConfig({ file, env, cwd, providers }: LoadSettings): Config {
  const path = resolve(cwd, file ?? env['COUNTROOM_CONFIG'] ?? 'countroom.yaml');
  const folder = dirname(path);
  const resolved = resolveVariables(readSource(path), { env, folder });
  const inspector = createInspector(resolved);
  const logLevel = env['COUNTROOM_LOG_LEVEL'];
  const content = readSections(resolved.value, { folder, logLevel, providers }, inspector);
  if (content !== null && inspector.faults.length === 0) {
    const secrets = [...inspector.secrets, ...content.accounts.flatMap(secretsInFiles)];
    return { file: path, secrets: conceal(secrets), ...content };
  }
  const secrets = [...resolved.secrets, ...inspector.secrets];
  throw new UsageError(
    `${path} cannot be used:`,
    inspector.faults.map((fault) => redact(`${pathText(fault.path) || 'file'}: ${fault.text}`, secrets)),
  );
}

/** What stands in the files that an account's credentials name; one that cannot be read is its provider's to refuse. */
function secretsInFiles({ credentials }: AccountConfig): readonly string[] {
  if (typeof credentials !== 'object' || credentials === null) return [];
  return Object.entries(credentials).flatMap(([name, path]): string[] => {
    if (!name.endsWith('File') || typeof path !== 'string' || !existsSync(path)) return [];
    return [readFileSync(path, 'utf8').trim()];
  });
}
