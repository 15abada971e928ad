import type { DestinationStream } from 'pino';
import type { Io } from './io.ts';

/** Where the log goes: to standard error, in lines of JSON, or for people where a terminal shows it. */
export async function logTarget({ stderr, env }: Pick<Io, 'stderr' | 'env'>): Promise<DestinationStream> {
  if (stderr.isTTY !== true) return stderr;
  const { prettyFactory } = await import('pino-pretty');
  const pretty = prettyFactory({ colorize: !env['NO_COLOR'], translateTime: 'UTC:yyyy-mm-dd HH:MM:ss.l' });
  // Line by line, so that none is lost when the process ends.
  return { write: (line) => stderr.write(pretty(line)) };
}
