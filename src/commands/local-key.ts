import { createHash, randomBytes } from 'node:crypto';
import type { Config } from '../config/config.ts';

/** A configuration with a key for the commands of this machine's user. */
export interface WithKey {
  readonly config: Config;
  /** The key to send; null where the configuration asks nobody for one. */
  readonly key: string | null;
}

/** Adds a key that lives as long as the process, with every right, where the configuration asks for keys. */
export function withLocalKey(config: Config, key = newKey()): WithKey {
  if (config.auth === null) return { config, key: null };
  return withOnlyKeys(config, config.auth.apiKeys, key);
}

/** The same configuration for a gateway of one command: on loopback, on any free port, with no key but the command's. */
export function asPrivate(config: Config): WithKey & { readonly key: string } {
  const server = { ...config.server, host: '127.0.0.1', port: 0 };
  return withOnlyKeys({ ...config, server, sync: { ...config.sync, enabled: false } }, [], newKey());
}

type ApiKeys = NonNullable<Config['auth']>['apiKeys'];

function newKey(): string {
  return randomBytes(32).toString('base64url');
}

function withOnlyKeys(config: Config, others: ApiKeys, key: string): WithKey & { readonly key: string } {
  const sha256 = createHash('sha256').update(key).digest('hex');
  const local: ApiKeys[number] = { name: 'command line', sha256, role: 'admin', documents: 'any' };
  const auth = { ...config.auth, apiKeys: [...others, local] };
  return { config: { ...config, auth }, key };
}
