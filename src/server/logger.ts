import { type DestinationStream, destination, type Level, type Logger, pino } from 'pino';
import { createScrub, redacted } from '../records/scrub.ts';

export interface LoggerOptions {
  /** @default 'info' */
  readonly level?: Level | 'silent';
  /** Every credential of the configuration: struck out of whatever line it turns up in. */
  readonly secrets?: readonly string[];
  /** @default standard error */
  readonly to?: DestinationStream;
}

/** Names under which credentials travel; their values are never written. */
const secretNames = [
  'authorization',
  'password',
  'privateKey',
  'secretKey',
  'apiKey',
  'apiSecret',
  'secret',
  'token',
  'signature',
  'pseudonymKey',
  'cookie',
];

/** The process's log: one JSON object a line, with every credential struck out, by name and by value. */
export function createLogger({
  level = 'info',
  secrets = [],
  to = destination(2),
}: LoggerOptions = {}): Logger {
  return pino(
    {
      level,
      base: null,
      timestamp: () => `,"time":"${new Date().toISOString()}"`,
      formatters: { level: (label) => ({ level: label }) },
      redact: {
        paths: secretNames.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]),
        censor: redacted,
      },
      hooks: { streamWrite: createScrub(secrets) },
    },
    to,
  );
}
