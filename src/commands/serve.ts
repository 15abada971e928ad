import type { Config } from '../config/config.ts';
import { createLogger } from '../server/logger.ts';
import { type Io, isTerminated, stopped } from './io.ts';
import { withLocalKey } from './local-key.ts';
import { announce } from './running.ts';

export interface ServeAsk {
  readonly config: Config;
  readonly port: number | undefined;
  readonly io: Io;
}

/** Runs the gateway until told to stop; prints one line with its address when it answers. Logs go to stderr. */
export async function serve({ config, port, io }: ServeAsk): Promise<number> {
  const { createApp } = await import('../app.ts');
  const server = { ...config.server, port: port ?? config.server.port };
  const { config: opened, key } = withLocalKey({ ...config, server });
  const app = await createApp(opened, {
    logger: createLogger({ level: config.log.level, secrets: config.secrets, to: io.stderr }),
  });
  try {
    const { url } = await app.listen();
    const withdraw = await announce(config, { url, key });
    try {
      io.stdout.write(`countroom answers at ${url}\n`);
      await stopped(io.signal);
    } finally {
      withdraw();
    }
  } finally {
    // Whoever presses Ctrl-C is not a load balancer, which has to hear of it first.
    await app.drain(isTerminated(io.signal) ? config.server.drainDelay : 0);
  }
  return 0;
}
