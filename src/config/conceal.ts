import { inspect } from 'node:util';

/**
 * The same object, but whatever prints it (JSON, a logger, `console.log`) sees `shown` in its place.
 * Code that reads its fields notices nothing.
 */
export function conceal<T extends object>(secret: T, shown: unknown = '[secret]'): T {
  return Object.defineProperties(secret, {
    toJSON: { value: () => shown },
    [inspect.custom]: { value: () => shown },
  });
}

/** The JSON of a concealed object, secrets and all: to derive keys from, never for output. */
export function reveal(concealed: unknown): string {
  return JSON.stringify(typeof concealed === 'object' && concealed !== null ? { ...concealed } : concealed);
}

/** A URL without its password. */
export function withoutPassword(url: string): string {
  return url.replace(/^([a-z]+:\/\/[^/@:]*):.*@/i, '$1:[secret]@');
}

// a shorter one would be found within words that give nothing away
const SHORTEST_SECRET = 4;

/** Cuts every secret out of a text, the longest first. */
export function redact(text: string, secrets: Iterable<string>): string {
  const known = [...secrets].filter((secret) => secret.length >= SHORTEST_SECRET);
  return known
    .sort((a, b) => b.length - a.length)
    .reduce((rest, secret) => rest.replaceAll(secret, '[secret]'), text);
}
