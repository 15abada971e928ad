import { parse, stringify } from 'lossless-json';
import { createScanner, isTooDeep, stringEnd } from './json-scanner.ts';

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
 * Both throw what `refuse` makes of a text that is not JSON, has different values under one key, or lies too deep.
 */
export function readJson(text: string, refuse: (cause: unknown) => Error): unknown {
  const scanner = createScanner(text, (start, end) => new UnparsedObject(objectAt, start, end));

  function objectAt(start: number, end: number): ReadObject {
    const part = text.slice(start, end);
    const found = scanner.object(start, end) ?? { value: strictly(part), spaces: true };
    return { value: found.value, raw: found.spaces ? withoutSpaces(part) : part };
  }

  function strictly(part: string): unknown {
    if (isTooDeep(part)) throw refuse(new RangeError('values lie too deep within each other'));
    try {
      return parse(part);
    } catch (cause) {
      throw refuse(cause);
    }
  }

  const whole = scanner.whole();
  return whole === null ? strictly(text) : whole.value;
}

/**
 * Takes the spaces out of the text instead of writing the parsed value anew, which would change escapes and the order of
 * keys that look like numbers. Not by one regular expression: a text of megabytes is more than its stack holds.
 */
function withoutSpaces(json: string): string {
  const parts: string[] = [];
  for (let at = 0; at < json.length; ) {
    const quote = json.indexOf('"', at);
    const end = quote === -1 ? json.length : stringEnd(json, quote);
    const between = json.slice(at, quote === -1 ? end : quote);
    parts.push(between.replace(/[ \t\r\n]+/g, ''), quote === -1 ? '' : json.slice(quote, end));
    at = end;
  }
  return parts.join('');
}
