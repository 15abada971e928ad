import { show } from '../../graph/rows/ids.ts';
import { parseDecimal } from '../../records/decimal.ts';
import { parseInstant } from '../../records/instant.ts';
import { ODataError } from './odata-error.ts';

/** A literal of a `$filter`: decimals are their exact text, times milliseconds since the epoch. */
export type Literal =
  | { readonly type: 'text'; readonly value: string }
  | { readonly type: 'number'; readonly value: string }
  | { readonly type: 'bool'; readonly value: boolean }
  | { readonly type: 'null' }
  /** `cut`: digits finer than a millisecond were left off; `date`: it was a date alone. */
  | { readonly type: 'time'; readonly value: number; readonly cut: boolean; readonly date: boolean };

export type Token = { readonly at: number } & (
  | { readonly kind: 'literal'; readonly literal: Literal }
  | { readonly kind: 'word'; readonly text: string }
  | { readonly kind: 'mark'; readonly text: '(' | ')' | ',' | '-' | '/' }
  | { readonly kind: 'alias'; readonly text: string }
  | { readonly kind: 'end' }
);

const PATTERN = new RegExp(
  [
    /(?<blank>\s+)/,
    /(?<mark>[(),/])/,
    /'(?<text>(?:[^']|'')*)'/,
    // A blank stands for the offset's plus where a client did not percent-encode it.
    /(?<time>\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}(?::\d{2}(?:\.(?<fraction>\d{1,12}))?)?(?:Z|[+ -]\d{2}:\d{2}))?)(?![\w.:-])/,
    /(?<number>-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)(?![\w.:-])/,
    /(?<word>[A-Za-z_$][\w./]*)/,
    /(?<minus>-)/,
    /(?<alias>@[A-Za-z_]\w*)/,
  ]
    .map((part) => part.source)
    .join('|'),
  'iy',
);

/** Cuts a `$filter` into tokens; throws an ODataError naming what cannot be read, and where. */
export function readTokens(text: string): readonly Token[] {
  const tokens: Token[] = [];
  for (let at = 0; at < text.length; ) {
    PATTERN.lastIndex = at;
    const match = PATTERN.exec(text);
    if (match === null) throw unreadable(text, at);
    const token = toToken(match.groups ?? {}, text, at);
    if (token !== null) tokens.push(token);
    at += match[0].length;
  }
  tokens.push({ kind: 'end', at: text.length });
  return tokens;
}

function toToken(
  groups: Readonly<Record<string, string | undefined>>,
  text: string,
  at: number,
): Token | null {
  const { mark = groups['minus'], text: quoted, time, fraction = '', number, word, alias } = groups;
  if (alias !== undefined) return { kind: 'alias', text: alias, at };
  if (mark !== undefined) return { kind: 'mark', text: mark as '(', at };
  if (quoted !== undefined) return literal(at, { type: 'text', value: quoted.replaceAll("''", "'") });
  if (time !== undefined) {
    const value = parseInstant(time.replace(' ', '+').replace(/(\.\d{9})\d+/, '$1'));
    if (value === null) throw unreadable(text, at);
    return literal(at, { type: 'time', value, cut: /[1-9]/.test(fraction.slice(3)), date: !/t/i.test(time) });
  }
  if (number !== undefined) {
    const parsed = parseDecimal(number);
    if ('fault' in parsed) throw new ODataError('$filter', `${parsed.fault}: ${number.slice(0, 60)}`);
    return literal(at, { type: 'number', value: parsed.value });
  }
  if (word === undefined) return null;
  if (word === 'null') return literal(at, { type: 'null' });
  if (word === 'true' || word === 'false') return literal(at, { type: 'bool', value: word === 'true' });
  return { kind: 'word', text: word, at };
}

function literal(at: number, value: Literal): Token {
  return { kind: 'literal', literal: value, at };
}

function unreadable(text: string, at: number): ODataError {
  return new ODataError('$filter', `cannot read ${show(text.slice(at))} at character ${at + 1}`);
}
