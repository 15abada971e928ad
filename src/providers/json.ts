import { parse, stringify } from 'lossless-json';
import { createScanner } from './json-scanner.ts';

export interface ReadObject {
  readonly value: unknown;
  /** Its text as compact JSON: key order and every digit kept. */
  readonly raw: string;
}

/** An object of a list, passed over: a large answer is not read in one go, and its rows live shortly. */
class Unread {
  constructor(
    private readonly readAt: (start: number, end: number) => ReadObject,
    private readonly start: number,
    private readonly end: number,
  ) {}

  read(): ReadObject {
    return this.readAt(this.start, this.end);
  }

  /** What `toCompactJson` spells it as. */
  toJSON(): unknown {
    return this.read().value;
  }
}

/** Compact JSON of what `readJson` gave: key order and every digit kept. */
export function toCompactJson(value: unknown): string {
  return stringify(value) ?? 'null';
}

/** A value with its text; an object that was passed over is read now, and may turn out to be no JSON. */
export function readObject(value: unknown): ReadObject {
  return value instanceof Unread ? value.read() : { value, raw: toCompactJson(value) };
}

/**
 * Reads JSON with its numbers as LosslessNumbers; the objects of lists are passed over until `readObject` wants them.
 * Throws what `refuse` makes of a text that is no JSON, or has different values under one key, here as well as there.
 */
export function readJson(text: string, refuse: (cause: unknown) => Error): unknown {
  const scanner = createScanner(text, (start, end) => new Unread(objectAt, start, end));

  function objectAt(start: number, end: number): ReadObject {
    const part = text.slice(start, end);
    const found = scanner.object(start, end) ?? { value: strictly(part), spaces: true };
    return { value: found.value, raw: found.spaces ? withoutSpaces(part) : part };
  }

  function strictly(part: string): unknown {
    try {
      return parse(part);
    } catch (cause) {
      throw refuse(cause);
    }
  }

  const whole = scanner.whole();
  return whole === null ? strictly(text) : whole.value;
}

/** The text itself rather than what was read of it: its escapes stay, and keys that look like numbers keep their place. */
function withoutSpaces(json: string): string {
  return json.replace(/("(?:[^"\\]|\\.)*")|[ \t\r\n]+/g, '$1');
}
