import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { ConfigFault, Path } from './fault.ts';
import { pathText } from './fault.ts';

export interface VariableSources {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Relative paths in `${file:…}` start here. */
  readonly folder: string;
}

export interface Resolved {
  readonly value: unknown;
  readonly faults: readonly ConfigFault[];
  /** The paths whose text holds a variable, be it by its default. */
  readonly filled: ReadonlySet<string>;
  /** Those of them whose text came, wholly or in part, from outside the file. */
  readonly outside: ReadonlySet<string>;
  /** What came from outside. */
  readonly secrets: ReadonlySet<string>;
}

const variable = /^([A-Za-z_][A-Za-z0-9_]*)(?::-(.*))?$/s;

/**
 * Fills in `${VAR}`, `${VAR:-default}` (also where VAR is empty) and `${file:/path}` (without its last line break)
 * in every text of a tree; `$${` stands for `${` itself. What is missing is a fault at its path.
 */
export function resolveVariables(tree: unknown, sources: VariableSources): Resolved {
  const faults: ConfigFault[] = [];
  const filled = new Set<string>();
  const outside = new Set<string>();
  const secrets = new Set<string>();

  function inText(text: string, path: Path): string {
    const fault = (about: string) => {
      faults.push({ path, text: about });
      return '';
    };
    let made = '';
    let at = 0;
    for (let open = text.indexOf('${'); open !== -1; open = text.indexOf('${', at)) {
      if (open > at && text[open - 1] === '$') {
        made += `${text.slice(at, open - 1)}\${`;
        at = open + 2;
        continue;
      }
      const close = text.indexOf('}', open);
      if (close === -1) return fault('expected a } after ${');
      made += text.slice(at, open) + inBraces(text.slice(open + 2, close), path, fault);
      at = close + 1;
    }
    return made + text.slice(at);
  }

  function inBraces(reference: string, path: Path, fault: (about: string) => string): string {
    filled.add(pathText(path));
    const found = lookUp(reference, sources);
    if (found.fault !== null) return fault(found.fault);
    if (found.outside) {
      outside.add(pathText(path));
      secrets.add(found.text);
    }
    return found.text;
  }

  function inside(value: unknown, path: Path): unknown {
    if (typeof value === 'string') return inText(value, path);
    if (Array.isArray(value)) return value.map((each, index) => inside(each, [...path, index]));
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(
      Object.entries(value).map(([key, each]) => [key, inside(each, [...path, key])]),
    );
  }

  return { value: inside(tree, []), faults, filled, outside, secrets };
}

interface Found {
  readonly text: string;
  readonly outside: boolean;
  readonly fault: string | null;
}

function lookUp(inside: string, { env, folder }: VariableSources): Found {
  const missing = (fault: string): Found => ({ text: '', outside: false, fault });
  if (inside.startsWith('file:')) {
    const file = inside.slice('file:'.length);
    try {
      return {
        text: readFileSync(resolve(folder, file), 'utf8').replace(/\r?\n$/, ''),
        outside: true,
        fault: null,
      };
    } catch (error) {
      return missing(`cannot read the file ${file} (${reasonOf(error)})`);
    }
  }
  const [, name, fallback] = variable.exec(inside) ?? [];
  if (name === undefined) return missing('expected NAME, NAME:-default or file:/path in the braces');
  const value = env[name];
  if (fallback !== undefined && (value === undefined || value === '')) {
    return { text: fallback, outside: false, fault: null };
  }
  if (value === undefined) return missing(`the environment variable ${name} is not set`);
  return { text: value, outside: true, fault: null };
}

/** Why a file could not be read: its system code, such as ENOENT. */
export function reasonOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unreadable';
}
