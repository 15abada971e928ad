import { createHash } from 'node:crypto';
import type { Quarantined } from '../records/record.ts';
import type { FeedKey } from './archive.ts';

/** What a row set aside is known by however often it comes: its text, or the window whose answers were none. */
export function quarantineId({ account, kind }: FeedKey, { reason, raw, window }: Quarantined): string {
  const what = window === undefined ? raw : [window.from, window.to];
  const content = JSON.stringify([account, kind, reason, what]);
  return createHash('sha256').update(content).digest('base64url').slice(0, 22);
}
