import type { Config } from '../config/config.ts';
import { UnavailableError } from '../errors.ts';
import { createLogger } from '../server/logger.ts';
import type { Io } from './io.ts';
import { findRunning } from './running.ts';

export interface RemapAsk {
  readonly config: Config;
  readonly account: string;
  readonly io: Io;
}

const LINE_MS = 1_000;

/**
 * Computes an account's archived rows anew by the options it has now; run again after an interruption it goes on. Rejects
 * with an UnavailableError while a gateway holds the archive, or where rows cannot be read by these options.
 */
export async function remap({ config, account, io }: RemapAsk): Promise<number> {
  const running = await findRunning(config);
  if (running !== null) {
    throw new UnavailableError(`a gateway runs on this archive (${running.url}): stop it first, then remap`);
  }
  const { createApp } = await import('../app.ts');
  const logger = createLogger({ level: 'error', secrets: config.secrets, to: io.stderr });
  const app = await createApp(config, { logger, otherMappings: 'leave' });
  let toldAt = performance.now();
  try {
    const { rows, changed } = await app.remap(account, {
      signal: io.signal,
      onProgress(progress) {
        if (performance.now() - toldAt < LINE_MS) return;
        toldAt = performance.now();
        io.stderr.write(`${JSON.stringify({ account, ...progress })}\n`);
      },
    });
    io.stdout.write(`${account}: ${changed} of ${rows} rows were computed anew\n`);
    return 0;
  } finally {
    await app.close();
  }
}
