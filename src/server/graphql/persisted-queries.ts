import { InMemoryLRUCache, type KeyValueCache } from '@apollo/utils.keyvaluecache';
import type { Safelist } from './safelist.ts';

/** Documents that clients register by hash, the last used kept up to `maxChars`; safelisted ones are always there. */
export function createPersistedQueryCache(safelist: Safelist, maxChars = 8_000_000): KeyValueCache<string> {
  const kept = new InMemoryLRUCache<string>({ maxSize: maxChars });
  return {
    // Apollo puts a prefix of its own before the hash.
    get: async (key) => safelist.get(key.slice(key.indexOf(':') + 1)) ?? kept.get(key),
    set: (key, text, options) => kept.set(key, text, options),
    delete: (key) => kept.delete(key),
  };
}
