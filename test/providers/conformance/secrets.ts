import type { Sandbox } from '../../../src/providers/sandbox.ts';

const PUBLIC = new Set(['agentId', 'channelId']);

/** Every text of an account that must never be told: its credentials, as they stand and as they are sent. */
export function secretsOf(account: Sandbox['account']): readonly string[] {
  const credentials = account['credentials'] as Readonly<Record<string, unknown>>;
  const own = Object.entries(credentials)
    .filter(([name]) => !PUBLIC.has(name))
    .map(([, value]) => String(value));
  const { username, password } = credentials;
  return [
    ...own.flatMap((secret) => secret.split('\n')).filter((line) => line.length > 0),
    Buffer.from(`${username}:${password}`).toString('base64'),
  ];
}
