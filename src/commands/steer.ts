import { z } from 'zod';
import type { Config } from '../config/config.ts';
import { UnavailableError } from '../errors.ts';
import { openGateway } from './gateway.ts';
import type { Io } from './io.ts';
import { mayBeRunning } from './running.ts';

export interface SteerAsk {
  readonly config: Config;
  readonly account: string;
  readonly to: 'pause' | 'resume';
  readonly io: Io;
}

/**
 * Has running gateways ask an account's provider nothing, or ask it again at once: the `serve` that holds the archive, or
 * every gateway at one PostgreSQL. Rejects with an UnavailableError where no gateway can be running that would hear of it.
 */
export async function steer({ config, account, to, io }: SteerAsk): Promise<number> {
  if (!(await mayBeRunning(config))) {
    throw new UnavailableError(
      `no gateway runs on ${config.archive.url}: ${account} is asked nothing anyway`,
    );
  }
  const gateway = await openGateway(config, io);
  try {
    const query = `mutation($id: ID!) { done: ${to}Account(id: $id) { id } }`;
    await gateway.graphql(query, { id: account }, z.object({ done: z.object({ id: z.string() }) }));
    io.stdout.write(`${account}: ${words[to]}\n`);
    return 0;
  } finally {
    await gateway.close();
  }
}

const words = { pause: 'paused, asked nothing until it is resumed', resume: 'asked again' };
