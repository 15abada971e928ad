import { LosslessNumber } from 'lossless-json';

export interface Scanned {
  readonly value: unknown;
  /** Whether there are spaces between its tokens. */
  readonly spaces: boolean;
}

/** Reads well-formed JSON fast; null where anything is wrong or too rare to be worth its speed. */
export interface Scanner {
  whole(): Scanned | null;
  /** The object that stands in `[start, end)`, as `pass` was told. */
  object(start: number, end: number): Scanned | null;
}

const QUOTE = 0x22;
const PLUS = 0x2b;
const COMMA = 0x2c;
const MINUS = 0x2d;
const POINT = 0x2e;
const ZERO = 0x30;
const NINE = 0x39;
const COLON = 0x3a;
const UPPER_E = 0x45;
const OPEN_LIST = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_LIST = 0x5d;
const LOWER_E = 0x65;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

// The small letter of both opening brackets, and of both closing ones.
const OPEN = OPEN_OBJECT;
const CLOSE = CLOSE_OBJECT;
const SMALL = 0x20;

const CONTROLS = /[^ -\uffff]/;
const MOST_DEPTH = 64;
// Deeper than any document shows: what is kept of it is spelt and parsed by functions that call themselves.
const MOST_PASSED_DEPTH = 200;

class Unusual extends Error {}

/** The keys of an object, and one that has them all. */
interface Layout {
  readonly keys: readonly string[];
  /** Each as it stands in the text, its colon included. */
  readonly quoted: readonly string[];
  readonly empty: object;
}

/** Null where an object is too small to gain by it. */
function layoutOf(keys: readonly string[]): Layout | null {
  if (keys.length === 0) return null;
  const names = keys.map((key) => JSON.stringify(key));
  const empty = JSON.parse(`{${names.map((name) => `${name}:null`)}}`) as object;
  return { keys, quoted: names.map((name) => `${name}:`), empty };
}

/** `pass` makes what stands for an object of a list, which is passed over without being looked into. */
export function createScanner(text: string, pass: (start: number, end: number) => unknown): Scanner {
  const controls = CONTROLS.test(text);
  let at = 0;
  let spaces = false;
  let depth = 0;
  let escapes = false;
  // Of the last object that lay in no other.
  let layout: Layout | null = null;

  /** The code of the next token's first character. */
  function next(): number {
    let code = text.charCodeAt(at);
    while (code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09) {
      spaces = true;
      at += 1;
      code = text.charCodeAt(at);
    }
    return code;
  }

  function take(): number {
    const code = next();
    at += 1;
    return code;
  }

  function passString(): void {
    at = stringEnd(text, at);
    if (at === -1) throw new Unusual();
  }

  function string(): string {
    const start = at;
    passString();
    const inner = text.slice(start + 1, at - 1);
    if (escapes && inner.includes('\\')) return JSON.parse(text.slice(start, at));
    if (controls && CONTROLS.test(inner)) throw new Unusual();
    return inner;
  }

  function number(): LosslessNumber {
    const start = at;
    while (isNumeric(text.charCodeAt(at))) at += 1;
    return new LosslessNumber(text.slice(start, at));
  }

  function word<T>(name: string, value: T): T {
    if (!text.startsWith(name, at)) throw new Unusual();
    at += name.length;
    return value;
  }

  function list(): unknown[] {
    at += 1;
    const values: unknown[] = [];
    if (next() === CLOSE_LIST) {
      at += 1;
      return values;
    }
    for (;;) {
      values.push(next() === OPEN_OBJECT ? passObject() : value());
      const code = take();
      if (code === CLOSE_LIST) return values;
      if (code !== COMMA) throw new Unusual();
    }
  }

  function passObject(): unknown {
    const start = at;
    let open = 0;
    do {
      const code = text.charCodeAt(at);
      if (code === QUOTE) {
        passString();
      } else {
        if (Number.isNaN(code)) throw new Unusual();
        if ((code | SMALL) === OPEN) open += 1;
        if ((code | SMALL) === CLOSE) open -= 1;
        if (open > MOST_PASSED_DEPTH) throw new Unusual();
        at += 1;
      }
    } while (open > 0);
    return pass(start, at);
  }

  /** An object; one with the keys of the last in their order is a copy of its layout, which is quicker and smaller. */
  function object(): object {
    if (layout !== null && depth === 1) {
      const start = at;
      const known = likeLast(layout);
      if (known !== null) return known;
      at = start;
    }
    const fields = anyObject();
    // Rows are alike; what lies within them is not.
    if (depth === 1) layout = layoutOf(Object.keys(fields));
    return fields;
  }

  /** The object if it has exactly these keys in this order, nothing but a value and a comma between them; else null. */
  function likeLast({ keys, quoted, empty }: Layout): object | null {
    const fields: Record<string, unknown> = { ...empty };
    at += 1;
    for (let index = 0; index < keys.length; index += 1) {
      const name = quoted[index]!;
      if (!text.startsWith(name, at)) return null;
      at += name.length;
      fields[keys[index]!] = value();
      if (text.charCodeAt(at) !== (index === keys.length - 1 ? CLOSE_OBJECT : COMMA)) return null;
      at += 1;
    }
    return fields;
  }

  function anyObject(): Record<string, unknown> {
    at += 1;
    const fields: Record<string, unknown> = {};
    if (next() === CLOSE_OBJECT) {
      at += 1;
      return fields;
    }
    for (;;) {
      if (next() !== QUOTE) throw new Unusual();
      const key = string();
      if (key === '__proto__' || Object.hasOwn(fields, key) || take() !== COLON) throw new Unusual();
      fields[key] = value();
      const code = take();
      if (code === CLOSE_OBJECT) return fields;
      if (code !== COMMA) throw new Unusual();
    }
  }

  function value(): unknown {
    switch (next()) {
      case QUOTE:
        return string();
      case OPEN_OBJECT:
        return deeper(object);
      case OPEN_LIST:
        return deeper(list);
      case 0x74:
        return word('true', true);
      case 0x66:
        return word('false', false);
      case 0x6e:
        return word('null', null);
      default:
        return number();
    }
  }

  function deeper<T>(container: () => T): T {
    depth += 1;
    if (depth > MOST_DEPTH) throw new Unusual();
    const inner = container();
    depth -= 1;
    return inner;
  }

  function scan(start: number, end: number): Scanned | null {
    [at, depth, spaces] = [start, 0, false];
    escapes = text.slice(start, end).includes('\\');
    try {
      const scanned = value();
      next();
      return at === end ? { value: scanned, spaces } : null;
    } catch {
      // Whatever it is, the strict way says it better.
      return null;
    }
  }

  return { whole: () => scan(0, text.length), object: scan };
}

/** Where the string that begins at a quote ends, its closing quote included; -1 where it does not. */
export function stringEnd(text: string, start: number): number {
  let quote = start;
  do {
    quote = text.indexOf('"', quote + 1);
    if (quote === -1) return -1;
  } while (isEscaped(text, quote));
  return quote + 1;
}

function isEscaped(text: string, quote: number): boolean {
  let first = quote;
  while (text.charCodeAt(first - 1) === BACKSLASH) first -= 1;
  return (quote - first) % 2 === 1;
}

/** Whether values lie deeper within each other than is ever read. */
export function isTooDeep(text: string): boolean {
  let open = 0;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) {
      at = stringEnd(text, at) - 1;
      if (at < 0) return false;
    } else if ((code | SMALL) === OPEN) {
      open += 1;
      if (open > MOST_PASSED_DEPTH) return true;
    } else if ((code | SMALL) === CLOSE) open -= 1;
  }
  return false;
}

function isNumeric(code: number): boolean {
  if (code >= ZERO && code <= NINE) return true;
  return code === POINT || code === MINUS || code === PLUS || code === LOWER_E || code === UPPER_E;
}
