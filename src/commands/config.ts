import { stringify } from 'yaml';
import type { Config } from '../config/config.ts';
import { spellConfig } from '../config/effective.ts';
import type { Io } from './io.ts';

export interface ConfigAsk {
  readonly config: Config;
  readonly json: boolean;
  readonly io: Io;
}

/** Prints the configuration in force: its defaults filled in, its secrets concealed. */
export async function printConfig({ config, json, io }: ConfigAsk): Promise<number> {
  const spelt = spellConfig(config);
  if (json) {
    io.stdout.write(`${JSON.stringify(spelt, null, 2)}\n`);
    return 0;
  }
  io.stdout.write(`# ${config.file}, with its defaults\n${stringify(spelt, { lineWidth: 0 })}`);
  return 0;
}
