import type { z } from 'zod';
import { type ConfigFault, got, gotSecret, type Path, pathText } from './fault.ts';
import { faultsOf, messageOf, valueAt } from './issues.ts';
import type { Resolved } from './variables.ts';

/** Parses parts of a configuration and collects every fault it finds. */
export interface Inspector {
  /** The value as the schema reads it; null where it has faults, which are then collected. */
  parse<T>(schema: z.ZodType<T>, value: unknown, at: Path): T | null;
  fault(path: Path, text: string): void;
  /** `expected <what>, got <value>`, without the value where it is secret. */
  expected(path: Path, what: string, value: unknown): void;
  readonly faults: readonly ConfigFault[];
  /** Every text found where the file keeps secrets. */
  readonly secrets: readonly string[];
}

const secretPaths = [
  /^accounts\[\d+\]\.credentials\b/,
  /^auth\.(apiKeys\[\d+\]\.key|pseudonymKey)$/,
  /^archive\.url$/,
];

export function createInspector(resolved: Resolved): Inspector {
  const faults: ConfigFault[] = [...resolved.faults];
  // A missing variable leaves empty text in its place: that is one fault, not two.
  const reported = new Set(resolved.faults.map((fault) => pathText(fault.path)));

  const isSecret = (path: Path) => {
    const text = pathText(path);
    return resolved.outside.has(text) || secretPaths.some((secret) => secret.test(text));
  };
  const add = (found: readonly ConfigFault[]) => {
    faults.push(...found.filter((fault) => !reported.has(pathText(fault.path))));
  };

  function parse<T>(schema: z.ZodType<T>, value: unknown, at: Path): T | null {
    const first = schema.safeParse(value, { error: messageOf });
    if (first.success) return first.data;
    const again = schema.safeParse(retyped(value, at, first.error.issues, resolved.filled), {
      error: messageOf,
    });
    if (again.success) return again.data;
    add(faultsOf(again.error.issues, value, at, { isSecret }));
    return null;
  }

  return {
    parse,
    fault: (path, text) => add([{ path, text }]),
    expected: (path, what, value) =>
      add([{ path, text: `expected ${what}, ${isSecret(path) ? gotSecret(value) : got(value)}` }]),
    faults,
    secrets: secretsOf(resolved.value, []),
  };
}

// Names by which providers know us: they are not secret, and useful in a log.
const openNames = /\.(agentId|channelId|\w*File)$/;

function secretsOf(value: unknown, path: Path): string[] {
  if (typeof value === 'string') {
    const place = pathText(path);
    if (!secretPaths.some((secret) => secret.test(place)) || openNames.test(place)) return [];
    return place === 'archive.url' ? passwordOf(value) : [...new Set([value, value.trim()])];
  }
  if (typeof value !== 'object' || value === null) return [];
  const entries: [PropertyKey, unknown][] = Array.isArray(value)
    ? [...value.entries()]
    : Object.entries(value);
  return entries.flatMap(([key, inner]) => secretsOf(inner, [...path, key]));
}

function passwordOf(url: string): string[] {
  const written = /^[a-z]+:\/\/[^/@:]*:(.*)@/i.exec(url)?.[1] ?? '';
  return written === '' ? [] : [...new Set([written, decoded(written)])];
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/**
 * Text from a variable takes the type its place expects: `port: ${PORT}` is a number. zod's own coercion would take an
 * unset variable for 0 and the text `false` for true, and would do so where somebody wrote text as well.
 */
function retyped(
  value: unknown,
  at: Path,
  issues: readonly z.core.$ZodIssue[],
  filled: ReadonlySet<string>,
): unknown {
  const copy = structuredClone(value);
  for (const issue of issues) {
    const text = valueAt(copy, issue.path);
    const key = issue.path.at(-1);
    const holder = valueAt(copy, issue.path.slice(0, -1));
    if (issue.code !== 'invalid_type' || typeof text !== 'string' || key === undefined) continue;
    if (typeof holder !== 'object' || holder === null || !filled.has(pathText([...at, ...issue.path])))
      continue;
    Reflect.set(holder, key, typed(issue.expected, text));
  }
  return copy;
}

function typed(expected: string, text: string): unknown {
  if (expected === 'boolean' && /^(true|false)$/.test(text)) return text === 'true';
  if (/^(number|int)$/.test(expected) && /^-?\d{1,15}$/.test(text)) return Number(text);
  return text;
}
