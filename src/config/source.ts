import { readFileSync } from 'node:fs';
import { type Document, LineCounter, parseDocument } from 'yaml';
import { UsageError } from '../errors.ts';
import { reasonOf } from './variables.ts';

/** A YAML or JSON file as a tree. Throws a UsageError that names the line, and quotes nothing: it may be a secret. */
export function readSource(file: string): unknown {
  const lines = new LineCounter();
  const document = parseDocument(readText(file), { prettyErrors: false, lineCounter: lines, merge: true });
  const faults = document.errors.map((error) => {
    const { line, col } = lines.linePos(error.pos[0]);
    return `line ${line}, column ${col}: not valid YAML (${error.code.toLowerCase().replaceAll('_', ' ')})`;
  });
  if (faults.length > 0) throw new UsageError(`${file} cannot be read:`, faults);
  const tree = toTree(document, file);
  if (isTree(tree, MOST_DEPTH)) return tree;
  throw new UsageError(`${file} cannot be read:`, [
    `a value holds itself, or values lie within each other more than ${MOST_DEPTH} deep`,
  ]);
}

// Deeper than any setting lies, shallower than the stack; a mapping that holds itself by its anchor has no end.
const MOST_DEPTH = 50;

function isTree(value: unknown, deepest: number): boolean {
  if (typeof value !== 'object' || value === null) return true;
  return deepest > 0 && Object.values(value).every((inner) => isTree(inner, deepest - 1));
}

function toTree(document: Document, file: string): unknown {
  try {
    return document.toJS();
  } catch {
    // the parser's message would repeat the text after the asterisk, and a password may begin with one
    throw new UsageError(`${file} cannot be read:`, [
      'a value begins with * and names no anchor: put it in quotes',
    ]);
  }
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const reason = reasonOf(error);
    throw new UsageError(
      reason === 'ENOENT'
        ? `no configuration at ${file}: write one, or name it with --config or COUNTROOM_CONFIG`
        : `the configuration ${file} cannot be read (${reason})`,
    );
  }
}
