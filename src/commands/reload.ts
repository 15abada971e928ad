import { isDeepStrictEqual } from 'node:util';
import type { Logger } from 'pino';
import type { App } from '../app.ts';
import { redact } from '../config/conceal.ts';
import type { Config } from '../config/config.ts';
import { withLocalKey } from './local-key.ts';

export interface ReloadDeps {
  readonly app: Pick<App, 'adopt'>;
  /** As it was at the start. */
  readonly config: Config;
  /** Reads it again; throws a UsageError with every fault. */
  readonly read: () => Config;
  /** The key of this machine's commands, which stays. */
  readonly key: string | null;
  readonly logger: Logger;
}

/** What takes a start to change. */
const lasting = ['server', 'archive', 'sync', 'federation'] as const;

/** Reads the configuration again and takes from it what can change while serving; a faulty one changes nothing and is said. */
export async function reload({ app, config, read, key, logger }: ReloadDeps): Promise<void> {
  try {
    const next = read();
    await app.adopt(withLocalKey(next, key ?? undefined).config);
    const waiting = lasting.filter((name) => !isDeepStrictEqual(next[name], config[name]));
    logger.info(
      { needsRestart: waiting },
      'the configuration was read again: accounts, auth, players and log are in force',
    );
  } catch (error) {
    const problem = redact(error instanceof Error ? error.message : String(error), config.secrets);
    logger.error({ problem }, 'the configuration was not read again: what was in force stays');
  }
}
