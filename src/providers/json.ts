import { parse, stringify } from 'lossless-json';
import { createScanner } from './json-scanner.ts';

export interface ReadObject {
  readonly value: unknown;
  /** Its text as compact JSON: key order and every digit kept. */
  readonly raw: string;
}

/** An object in a list that is not parsed until it is wanted: a large answer's rows are parsed, and freed, one by one. */
class UnparsedObject {
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

/** A value with its text; an object that was not parsed yet is parsed now, which throws where it is not JSON. */
export function readObject(value: unknown): ReadObject {
  return value instanceof UnparsedObject ? value.read() : { value, raw: toCompactJson(value) };
}

/**
 * Reads JSON with its numbers as LosslessNumbers; objects in lists stay unparsed until `readObject` is given them.
 * Both throw what `refuse` makes of a text that is not JSON or has different values under one key.
 */
export function readJson(text: string, refuse: (cause: unknown) => Error): unknown {
  const scanner = createScanner(text, (start, end) => new UnparsedObject(objectAt, start, end));

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

/** Takes the spaces out of the text instead of writing the parsed value anew, which would change escapes and the order of keys that look like numbers. */
function withoutSpaces(json: string): string {
  return json.replace(/("(?:[^"\\]|\\.)*")|[ \t\r\n]+/g, '$1');
}
