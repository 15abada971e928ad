import { parse, stringify } from 'lossless-json';
import { editBody, type Fault } from '../../../src/sandbox/fault.ts';
import { exact, type FeedUnderTest, type Row } from './feeds.ts';

type Tree = Record<string, unknown>;

/** The rows of an answer. */
export function rowsOf(under: FeedUnderTest, body: string): readonly Row[] {
  return at(parse(body) as Tree, under.list) as Row[];
}

/**
 * An answer whose rows are changed, every other digit kept. `count` says how many rows the provider then claims to
 * have over all pages; by default as many more or fewer as there are.
 */
export function editRows(
  under: FeedUnderTest,
  does: string,
  edit: (rows: readonly Row[]) => readonly unknown[],
  count?: (before: number) => number,
): Fault {
  return editBody(does, (body) => {
    const tree = parse(body) as Tree;
    const before = at(tree, under.list) as Row[];
    const after = edit(before);
    put(tree, under.list, after);
    if (under.total !== null) {
      const told = Number(String(at(tree, under.total)));
      const more = after.length - before.length;
      put(tree, under.total, exact(String(count === undefined ? told + more : count(told))));
    }
    return stringify(tree) ?? body;
  });
}

/** The first rows changed one by one, each given a username of its own to be found by: `row0`, `row1` … */
export function editFirst(under: FeedUnderTest, edits: readonly ((row: Row) => Row)[]): Fault {
  return editRows(under, 'changes its first rows', (rows) => {
    if (rows.length < edits.length) throw new RangeError(`expected ${edits.length} rows, got ${rows.length}`);
    return rows.map((row, index) => {
      const edit = edits[index];
      return edit === undefined ? row : { ...edit(row), [under.user]: `row${index}` };
    });
  });
}

/** The answer as it is. */
export const unspoilt: Fault = editBody('answers as it should', (body) => body);

/** The answer as it would be if it said in other words that there are no rows; nothing at all leaves the field out. */
export function sayNone(under: FeedUnderTest, word: unknown): Fault {
  return editBody(`says ${stringify(word) ?? 'nothing'} where its rows belong`, (body) => {
    const tree = parse(body) as Tree;
    if (under.total !== null) put(tree, under.total, exact('0'));
    put(tree, word === undefined ? under.list.slice(0, 1) : under.list, word);
    return stringify(tree) ?? body;
  });
}

/** Every later answer is the first one over again. */
export function stuck(): Fault {
  let first: string | null = null;
  return editBody('answers the same page for ever', (body) => {
    first ??= body;
    return first;
  });
}

function at(tree: Tree, path: readonly string[]): unknown {
  return path.reduce<unknown>((inner, name) => (inner as Tree)[name], tree);
}

function put(tree: Tree, path: readonly string[], value: unknown): void {
  const parent = at(tree, path.slice(0, -1)) as Tree;
  parent[path.at(-1) ?? ''] = value;
}
