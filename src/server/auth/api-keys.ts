import { createHash, timingSafeEqual } from 'node:crypto';
import type { ApiKeySettings } from '../../config/server-settings.ts';
import type { Caller } from './caller.ts';
import { toViewer } from './permissions.ts';

export type KeyCheck =
  | { readonly state: 'known'; readonly caller: Caller }
  | { readonly state: 'expired'; readonly name: string; readonly at: number }
  | { readonly state: 'unknown' };

/**
 * Recognises API keys by their SHA-256, each compared in constant time and all of them every time, so that the
 * time it takes reveals nothing. Two keys of one name may be valid at once: that is how they are rotated.
 */
export function createKeyring(
  keys: readonly ApiKeySettings[],
  clock: () => number,
): (token: string) => KeyCheck {
  const entries = keys.map((key) => ({
    digest: key.key === undefined ? Buffer.from(key.sha256 ?? '', 'hex') : digestOf(key.key),
    expiresAt: key.expires ?? null,
    caller: {
      viewer: toViewer({
        name: key.name,
        role: key.role,
        accounts: key.accounts ?? null,
        player: null,
        calls: key.calls,
      }),
      safelistOnly: key.documents === 'safelist',
    },
  }));
  return (token) => {
    const digest = digestOf(token);
    let check: KeyCheck = { state: 'unknown' };
    for (const entry of entries) {
      if (!timingSafeEqual(digest, entry.digest)) continue;
      check =
        entry.expiresAt !== null && entry.expiresAt <= clock()
          ? { state: 'expired', name: entry.caller.viewer.name, at: entry.expiresAt }
          : { state: 'known', caller: entry.caller };
    }
    return check;
  };
}

function digestOf(token: string): Buffer {
  return createHash('sha256').update(token, 'utf8').digest();
}
