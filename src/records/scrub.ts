/** Strikes what is secret out of a text. */
export type Scrub = (text: string) => string;

export const redacted = '[redacted]';

// From here on a value is struck out wherever it stands; a shorter one would be found within words, and is struck out
// where it stands alone.
const LONG_ENOUGH = 6;
const SHORTEST = 4;

// Sessions of a provider, and whatever else is sent as credentials, are in no configuration.
const credentials = /\b(Bearer|Basic)(\s+|%20|\+)[\w.~+/%=-]{8,}/gi;
const TOKEN = 'eyJ';
const LEAST_PART = 8;

/** Strikes out what is secret now and what was before; `learn` adds to it. */
export interface Scrubber {
  readonly scrub: Scrub;
  learn(secrets: readonly string[]): void;
}

/** A scrub of these values that more can be added to while it is in use. */
export function createScrubber(secrets: readonly string[]): Scrubber {
  const known = new Set(secrets);
  let strike = createScrub(secrets);
  return {
    scrub: (text) => strike(text),
    learn(more) {
      for (const secret of more) known.add(secret);
      strike = createScrub([...known]);
    },
  };
}

/**
 * Strikes these values out, also where they stand escaped as JSON, in base64 (alone or with something round it), in
 * hexadecimal or percent-encoded, and what follows `Bearer` and `Basic`.
 */
export function createScrub(secrets: readonly string[]): Scrub {
  const whole = secrets.flatMap((secret) => [secret, ...linesOf(secret)]);
  const long = whole.filter((secret) => secret.length >= LONG_ENOUGH).flatMap(formsOf);
  const short = whole.filter(
    (secret) => secret.length < LONG_ENOUGH && secret.length >= SHORTEST && /\p{L}/u.test(secret),
  );
  // The longest first, lest a form that begins another leave the other's end behind.
  const sorted = [...new Set(long)].sort((a, b) => b.length - a.length).map(escaped);
  const alone = [...new Set(short)].map((form) => `(?<![\\p{L}\\p{N}_])${escaped(form)}(?![\\p{L}\\p{N}_])`);
  const pattern =
    sorted.length + alone.length === 0 ? null : new RegExp([...sorted, ...alone].join('|'), 'gu');
  return (text) => {
    const rest = strikeTokens(text.replace(credentials, `$1$2${redacted}`));
    return pattern === null ? rest : rest.replace(pattern, redacted);
  };
}

/**
 * Strikes web tokens out, three parts with dots between. No expression does it in linear time: one that finds no dot
 * looks through the same letters again from every place where a token may begin.
 */
function strikeTokens(text: string): string {
  let struck = '';
  let done = 0;
  for (let at = text.indexOf(TOKEN); at !== -1; ) {
    // Within a word no token begins.
    if (at > 0 && /\w/.test(text[at - 1] ?? '')) {
      at = text.indexOf(TOKEN, at + TOKEN.length);
      continue;
    }
    const first = partEnd(text, at);
    const second = partEnd(text, first + 1);
    const isToken =
      first - at - TOKEN.length >= LEAST_PART &&
      text[first] === '.' &&
      second - first - 1 >= LEAST_PART &&
      text[second] === '.';
    if (isToken) {
      struck += text.slice(done, at) + redacted;
      done = partEnd(text, second + 1);
    }
    // Where one has too little after it, so have those that begin further on among its letters.
    at = text.indexOf(TOKEN, isToken ? done : first);
  }
  return struck + text.slice(done);
}

const part = /[\w-]*/y;

/** Where the letters of a token's part end that begins here. */
function partEnd(text: string, from: number): number {
  part.lastIndex = from;
  part.exec(text);
  return Math.max(from, part.lastIndex);
}

/** A key of several lines is known by any of them. */
function linesOf(secret: string): readonly string[] {
  const lines = secret.split(/\r?\n/).filter((line) => line.length >= 16 && !line.startsWith('-----'));
  return lines.length > 1 ? [...lines, lines.join('')] : [];
}

function formsOf(secret: string): readonly string[] {
  const once = JSON.stringify(secret).slice(1, -1);
  const bytes = Buffer.from(secret, 'utf8');
  const hex = bytes.toString('hex');
  const url = encodeURIComponent(secret);
  const base64 = base64Of(bytes);
  return [
    secret,
    ...[once, once.replaceAll('/', '\\/'), JSON.stringify(once).slice(1, -1)],
    ...[url, url.replaceAll('%20', '+'), url.replace(/%[0-9A-F]{2}/g, (code) => code.toLowerCase())],
    ...[hex, hex.toUpperCase()],
    ...base64,
    ...base64.map((form) => form.replaceAll('+', '-').replaceAll('/', '_')),
    ...base64.map((form) => encodeURIComponent(form)),
  ];
}

/** What is seen of bytes in base64, whatever stands before and after them. */
function base64Of(bytes: Buffer): readonly string[] {
  const forms = [0, 1, 2].map((before) => {
    const text = Buffer.concat([Buffer.alloc(before), bytes])
      .toString('base64')
      .replace(/=+$/, '');
    const end = (before + bytes.length) % 3 === 0 ? text.length : text.length - 1;
    return text.slice(Math.ceil((before * 8) / 6), end);
  });
  return [bytes.toString('base64').replace(/=+$/, ''), ...forms.filter((form) => form.length >= LONG_ENOUGH)];
}

function escaped(form: string): string {
  return form.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
}
