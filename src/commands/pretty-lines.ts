import pinoPretty from 'pino-pretty';

/** What makes of a line of the log's JSON one for people, with the time in UTC. Loaded late: none but a terminal wants it. */
export function prettyLines(isColoured: boolean): (line: string) => string {
  return pinoPretty.prettyFactory({ colorize: isColoured, translateTime: 'UTC:yyyy-mm-dd HH:MM:ss.l' });
}
