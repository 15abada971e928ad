import { parse, stringify } from 'lossless-json';
import { exact, type FeedUnderTest } from './feeds.ts';

/** An answer as a value: its fields, and somewhere among them the list of rows. */
export type Tree = Record<string, unknown>;

/** What some faults need that not every body can spell. */
export type Need = 'numbers' | 'lists' | 'null' | 'bareWords';

/** How the answers of a feed are read and spelt where the suite spoils them. */
export interface Body {
  readonly parse: (text: string) => Tree;
  /** The text of an answer; a list of rows left out is left out of the text as well. */
  readonly spell: (tree: Tree) => string;
  /** A number as the value of a row's field. */
  readonly number: (digits: string) => unknown;
  /** The oddest value that a field no document has may hold. */
  readonly odd: unknown;
  /** What it has no way to spell, and why; a fault that needs it cannot reach the feed. */
  readonly lacks: Readonly<Partial<Record<Need, string>>>;
}

const json: Body = {
  parse: (text) => parse(text) as Tree,
  spell: (tree) => stringify(tree) ?? '',
  number: exact,
  odd: { nested: [exact('1.10')] },
  lacks: {},
};

/** The body of a feed's answers: JSON where it declares no other. */
export function bodyOf({ body = json }: FeedUnderTest): Body {
  return body;
}

/** For a fault's `notFor`: why a feed's body cannot spell what the fault needs. */
export function lacking(need: Need): (under: FeedUnderTest) => string | null {
  return (under) => bodyOf(under).lacks[need] ?? null;
}
