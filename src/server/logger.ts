import { type DestinationStream, destination, type Level, type Logger, pino } from 'pino';

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

/** Below this a value would strike out ordinary words. */
const shortestSecret = 6;

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
        censor: '[redacted]',
      },
      hooks: { streamWrite: createScrubber(secrets) },
    },
    to,
  );
}

/** Strikes values out of a text, also where they stand escaped, base64 or percent-encoded. */
export function createScrubber(secrets: readonly string[]): (text: string) => string {
  const forms = secrets
    .filter((secret) => secret.length >= shortestSecret)
    .flatMap((secret) => [
      secret,
      JSON.stringify(secret).slice(1, -1),
      encodeURIComponent(secret),
      Buffer.from(secret, 'utf8').toString('base64').replace(/=+$/, ''),
    ]);
  if (forms.length === 0) return (text) => text;
  // The longest first, lest a form that begins another leave the other's end behind.
  const sorted = [...new Set(forms)].sort((a, b) => b.length - a.length);
  const pattern = new RegExp(
    sorted.map((form) => form.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')).join('|'),
    'g',
  );
  return (text) => text.replace(pattern, '[redacted]');
}
