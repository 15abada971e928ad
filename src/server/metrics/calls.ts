import { Counter, type Registry } from 'prom-client';

/** Counts the provider calls that each key has caused; all tokens together are one, since there is no end of subjects. */
export function createCallCounter(registry: Registry): (key: string) => void {
  const calls = new Counter({
    name: 'countroom_key_provider_calls_total',
    help: 'Provider calls caused by the questions of each key; those of all tokens are `jwt`, those of sync are not in it',
    labelNames: ['key'] as const,
    registers: [registry],
  });
  return (key) => calls.inc({ key: key.startsWith('jwt:') ? 'jwt' : key });
}
