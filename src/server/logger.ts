import { type DestinationStream, destination, type Level, type Logger, pino } from 'pino';
import type { Interval } from '../records/interval.ts';
import { createScrub, redacted, type Scrub } from '../records/scrub.ts';

export interface LoggerOptions {
  /** @default 'info' */
  readonly level?: Level | 'silent';
  /** Every credential of the configuration: struck out of whatever line it turns up in. */
  readonly secrets?: readonly string[];
  /** Strikes them out. @default one that knows `secrets` */
  readonly scrub?: Scrub;
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

const asIso = ({ from, to }: Interval) => ({
  from: new Date(from).toISOString(),
  to: new Date(to).toISOString(),
});

/** How values are spelt, by the name they are logged under: times as ISO 8601, durations in whole milliseconds. */
const serializers = {
  err: pino.stdSerializers.err,
  window: asIso,
  interval: asIso,
  durationMs: Math.round,
  afterMs: Math.round,
  waitedMs: Math.round,
  retryInMs: (ms: number | null) => (ms === null ? null : Math.round(ms)),
};

/** The process's log: one JSON object a line, with every credential struck out, by name and by value. */
export function createLogger({
  level = 'info',
  secrets = [],
  scrub = createScrub(secrets),
  to = destination(2),
}: LoggerOptions = {}): Logger {
  return pino(
    {
      level,
      base: null,
      timestamp: () => `,"time":"${new Date().toISOString()}"`,
      serializers,
      formatters: { level: (label) => ({ level: label }) },
      redact: {
        paths: secretNames.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]),
        censor: redacted,
      },
      hooks: { streamWrite: scrub },
    },
    to,
  );
}
