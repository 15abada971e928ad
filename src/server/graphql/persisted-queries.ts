import type { Safelist } from './safelist.ts';

/** The cache Apollo asks for documents by hash; keys come with its own prefix. */
export interface PersistedQueryCache {
  get(key: string): Promise<string | undefined>;
  set(key: string, text: string): Promise<void>;
  delete(key: string): Promise<boolean>;
}

/** Documents that clients register by hash, the last used kept up to `maxChars`; safelisted ones are always there. */
export function createPersistedQueryCache(safelist: Safelist, maxChars = 8_000_000): PersistedQueryCache {
  const kept = new Map<string, string>();
  let chars = 0;

  function forget(key: string): boolean {
    chars -= kept.get(key)?.length ?? 0;
    return kept.delete(key);
  }

  return {
    async get(key) {
      const safe = safelist.get(key.slice(key.indexOf(':') + 1));
      if (safe !== undefined) return safe;
      const text = kept.get(key);
      if (text === undefined) return undefined;
      kept.delete(key);
      kept.set(key, text);
      return text;
    },
    async set(key, text) {
      forget(key);
      kept.set(key, text);
      chars += text.length;
      for (const oldest of kept.keys()) {
        if (chars <= maxChars) break;
        forget(oldest);
      }
    },
    async delete(key) {
      return forget(key);
    },
  };
}
