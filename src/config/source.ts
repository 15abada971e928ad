import { readFileSync } from 'node:fs';
import { LineCounter, parseDocument } from 'yaml';
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
