import { z } from 'zod';
import { type ConfigFault, got, gotSecret, nearest, type Path, suggest } from './fault.ts';

type Issue = z.core.$ZodIssue;

/** How faults show the values they are about. */
export interface FaultOptions {
  /** Whether the value at a path must stay out of messages. */
  readonly isSecret: (path: Path) => boolean;
}

/** What zod found wrong with `value`, which stands at `at`: one fault for each issue, or for each unknown key. */
export function faultsOf(
  issues: readonly Issue[],
  value: unknown,
  at: Path,
  options: FaultOptions,
): ConfigFault[] {
  return issues.flatMap((issue) => {
    const path = [...at, ...issue.path];
    const found = valueAt(value, issue.path);
    if (issue.code === 'unrecognized_keys') return unknownKeys(issue.keys, issue.message, path);
    if (issue.code === 'invalid_union' && issue.message === unworded) {
      return faultsOf(mildest(issue.errors), found, path, options);
    }
    const seen = options.isSecret(path) ? gotSecret(found) : got(found);
    return [{ path, text: worded(issue, found, seen) }];
  });
}

/** The messages zod is given at each parse: that of an unknown key carries the known keys. */
export function messageOf(issue: z.core.$ZodRawIssue): string | undefined {
  if (issue.code === 'invalid_union') return unworded;
  if (issue.code !== 'unrecognized_keys') return undefined;
  return issue.inst instanceof z.ZodObject ? Object.keys(issue.inst.shape).join(' ') : '';
}

export function valueAt(value: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (inner, step) => (typeof inner === 'object' && inner !== null ? Reflect.get(inner, step) : undefined),
    value,
  );
}

const unworded = 'no choice fits';

function unknownKeys(keys: readonly string[], known: string, path: Path): ConfigFault[] {
  const names = known.split(' ').filter((name) => name !== '');
  return keys.map((key) => ({ path: [...path, key], text: `unknown key${suggest(key, names)}` }));
}

/** The choice of a union that was probably meant: the one whose faults lie deepest, then the one with the fewest. */
function mildest(choices: readonly (readonly Issue[])[]): readonly Issue[] {
  const atTop = (issues: readonly Issue[]) =>
    issues.filter(({ code, path }) => path.length === 0 && code !== 'unrecognized_keys').length;
  return [...choices].sort((a, b) => atTop(a) - atTop(b) || a.length - b.length)[0] ?? [];
}

function worded(issue: Issue, found: unknown, seen: string): string {
  if (issue.message.startsWith('expected')) {
    return issue.message.includes(', got ')
      ? issue.message
      : `${issue.message}, ${seen}${meant(issue, found)}`;
  }
  switch (issue.code) {
    case 'invalid_type':
      return `expected ${typeWords[issue.expected] ?? issue.expected}, ${seen}${quoting(issue.expected, found)}`;
    case 'invalid_value':
      return `expected ${list(issue.values)}, ${seen}${meant(issue, found)}`;
    case 'too_small':
      return `expected at least ${issue.minimum}${counted(issue.origin)}, ${seen}`;
    case 'too_big':
      return `expected at most ${issue.maximum}${counted(issue.origin)}, ${seen}`;
    case 'invalid_format':
      return `expected text like ${issue.pattern ?? issue.format}, ${seen}`;
    default:
      return `${issue.message}, ${seen}`;
  }
}

const typeWords: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  object: 'a mapping',
  array: 'a list',
};

function quoting(expected: string, found: unknown): string {
  return expected === 'string' && typeof found === 'number' ? '; put it in quotes' : '';
}

function list(values: readonly unknown[]): string {
  return values.length === 1 ? String(values[0]) : `one of ${values.join(', ')}`;
}

function counted(origin: string): string {
  if (origin === 'string') return ' characters';
  return origin === 'array' ? ' entries' : '';
}

function meant(issue: Issue, found: unknown): string {
  if (issue.code !== 'invalid_value' || typeof found !== 'string') return '';
  const near = nearest(found, issue.values.map(String));
  return near === null ? '' : `; did you mean "${near}"?`;
}
