import type { DestinationStream } from 'pino';
import type { Io } from './io.ts';

/** Where the log goes: to standard error, in lines of JSON, or for people where a terminal shows it. */
export async function logTarget({ stderr, env }: Pick<Io, 'stderr' | 'env'>): Promise<DestinationStream> {
  if (stderr.isTTY !== true) return stderr;
  const { prettyLines } = await import('./pretty-lines.ts');
  const pretty = prettyLines(!env['NO_COLOR']);
  // Line by line, so that none is lost when the process ends.
  return { write: (line) => stderr.write(pretty(line)) };
}
