import type { Config } from '../config/config.ts';
import { configJsonSchema } from '../config/json-schema.ts';
import { loadConfig } from '../config/load.ts';
import { providers } from '../providers/registry.ts';
import type { Io } from './io.ts';

/** The configuration a command runs with; `file` is what `--config` named. Throws a UsageError. */
export function readConfiguration(file: string | undefined, { env, cwd }: Pick<Io, 'env' | 'cwd'>): Config {
  return loadConfig({ file, env, cwd, providers });
}

/** The JSON Schema of the configuration of every provider there is, as text. */
export function printConfigSchema(): string {
  return JSON.stringify(configJsonSchema(providers), null, 2);
}
