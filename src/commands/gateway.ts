import { z } from 'zod';
import type { Config } from '../config/config.ts';
import { UnavailableError } from '../errors.ts';
import { createLogger } from '../server/logger.ts';
import type { Io } from './io.ts';
import { asPrivate } from './local-key.ts';
import { findRunning } from './running.ts';

/** A gateway that a command asks over HTTP: the `serve` that holds the archive, else one of its own. */
export interface Gateway {
  readonly url: string;
  /** Resolves with the answer's `data`; rejects with an UnavailableError that has the answer's first error. */
  graphql<T>(query: string, variables: Readonly<Record<string, unknown>>, data: z.ZodType<T>): Promise<T>;
  /** Gets any path of it; rejects with an UnavailableError unless the answer is a success. */
  get(path: string): Promise<Response>;
  /** Ends the gateway if the command started it. */
  close(): Promise<void>;
}

/** Finds or starts the gateway of a configuration. Rejects as `createApp` does. */
export async function openGateway(config: Config, io: Io): Promise<Gateway> {
  const running = await findRunning(config);
  if (running !== null) return createClient(running.url, running.key, io.signal, async () => {});
  const { createApp } = await import('../app.ts');
  const { config: own, key } = asPrivate(config);
  const app = await createApp(own, {
    logger: createLogger({ level: 'error', secrets: config.secrets, to: io.stderr }),
  });
  const { url } = await app.listen();
  return createClient(url, key, io.signal, () => app.close());
}

const errors = z.object({ errors: z.array(z.object({ message: z.string() })).min(1) });
const refusal = z.object({ error: z.object({ message: z.string() }) });

function createClient(
  url: string,
  key: string | null,
  signal: AbortSignal,
  close: () => Promise<void>,
): Gateway {
  const authorization: Record<string, string> = key === null ? {} : { authorization: `Bearer ${key}` };

  async function graphql<T>(
    query: string,
    variables: Readonly<Record<string, unknown>>,
    data: z.ZodType<T>,
  ): Promise<T> {
    const response = await fetch(`${url}/graphql`, {
      method: 'POST',
      headers: { ...authorization, 'content-type': 'application/json' },
      body: JSON.stringify({ query, variables }),
      signal,
    });
    const body = (await response.json()) as unknown;
    const failed = errors.safeParse(body);
    if (failed.success) throw new UnavailableError(`${url}: ${failed.data.errors[0]?.message ?? ''}`);
    return z.object({ data }).parse(body).data;
  }

  async function get(path: string): Promise<Response> {
    const response = await fetch(`${url}${path}`, { headers: authorization, signal });
    if (response.ok) return response;
    const said = refusal.safeParse(await response.json().catch(() => null));
    throw new UnavailableError(said.data?.error.message ?? `${url}: HTTP ${response.status}`);
  }

  return { url, graphql, get, close };
}
