import { stringify } from 'lossless-json';
import type { SandboxReply } from '../../../src/providers/sandbox.ts';
import { editBody, type Fault } from '../../../src/sandbox/fault.ts';
import { send } from '../../../src/sandbox/send.ts';
import { bodyOf, type Tree } from './body.ts';
import { exact, type FeedUnderTest, type Row } from './feeds.ts';

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
  return editTree(under, does, (tree) => {
    const before = at(tree, under.list) as Row[];
    const after = edit(before);
    put(tree, under.list, after);
    if (under.total !== null) {
      const told = Number(String(at(tree, under.total)));
      const more = after.length - before.length;
      put(tree, under.total, exact(String(count === undefined ? told + more : count(told))));
    }
    return tree;
  });
}

/** An answer changed as a value. */
export function editTree(under: FeedUnderTest, does: string, edit: (tree: Tree) => Tree): Fault {
  const { parse, spell } = bodyOf(under);
  return editBody(does, (body) => spell(edit(parse(body))));
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
  return editTree(under, `says ${stringify(word) ?? 'nothing'} where its rows belong`, (tree) => {
    if (under.total !== null) put(tree, under.total, exact('0'));
    put(tree, word === undefined ? under.list.slice(0, 1) : under.list, word);
    return tree;
  });
}

/** Every later answer is the first one over again. */
export function stuck(): Fault {
  let first: SandboxReply | null = null;
  return {
    does: 'answers the same page for ever',
    play({ request, response, reply }) {
      first ??= reply;
      return send(request, response, first);
    },
  };
}

function at(tree: Tree, path: readonly string[]): unknown {
  return path.reduce<unknown>((inner, name) => (inner as Tree)[name], tree);
}

function put(tree: Tree, path: readonly string[], value: unknown): void {
  const parent = at(tree, path.slice(0, -1)) as Tree;
  parent[path.at(-1) ?? ''] = value;
}
