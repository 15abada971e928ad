import { RE2JS, RE2JSSyntaxException } from 're2js';
import type { NamePattern } from '../records/player.ts';

/**
 * A pattern of usernames that is matched in time linear to their length, whatever it and they are: look-around and
 * back-references have no such way. Null for what cannot be read as one.
 */
export function toNamePattern(source: string): NamePattern | null {
  const pattern = compile(source);
  if (pattern === null) return null;
  return {
    source,
    rename(username, player) {
      const matcher = pattern.matcher(username);
      if (!matcher.find()) return null;
      const [start, end] = [matcher.start(), matcher.end()];
      const replaced = matcher.replaceFirst(player);
      return replaced.slice(start, replaced.length - (username.length - end));
    },
  };
}

function compile(source: string): RE2JS | null {
  try {
    return RE2JS.compile(source);
  } catch (error) {
    if (error instanceof RE2JSSyntaxException) return null;
    throw error;
  }
}
