import type { Sandbox } from '../../../src/providers/sandbox.ts';
import type { FeedUnderTest, Row } from './feeds.ts';

const PUBLIC = new Set(['agentId', 'channelId']);

/** Every text of an account that must never be told: its credentials, as they stand and as they are sent. */
export function secretsOf({ account }: Sandbox, { sentSecrets }: FeedUnderTest): readonly string[] {
  const credentials = account['credentials'] as Row;
  const own = Object.entries(credentials)
    .filter(([name]) => !PUBLIC.has(name))
    .map(([, value]) => String(value));
  const lines = own.flatMap((secret) => secret.split('\n')).filter((line) => line.length > 0);
  return [...lines, ...(sentSecrets?.(credentials) ?? [])];
}
