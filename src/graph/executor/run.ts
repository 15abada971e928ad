import type { ResponsePath as Path } from 'graphql';
import { GraphQLError, type GraphQLOutputType, isNonNullType, locatedError } from 'graphql';
import type { FieldPlan, Plans } from './plan.ts';

/** One execution of an operation. */
export interface Run {
  readonly plans: Plans;
  readonly context: unknown;
  readonly variableValues: Readonly<Record<string, unknown>>;
  readonly errors: GraphQLError[];
  /** Where an error was put down; what comes later from below it is of no account. */
  readonly nulled: Set<Path | undefined>;
}

/** Notes an error where a field may be null, which it then is; throws it on where it may not. */
export function failed(
  run: Run,
  { nodes }: FieldPlan,
  type: GraphQLOutputType,
  path: Path,
  raw: unknown,
): null {
  const error = locatedError(raw, [...nodes], keysOf(path));
  if (isNonNullType(type)) throw error;
  note(run, error, path);
  return null;
}

/** Notes an error, unless it comes from below what is null already. */
export function note(
  { errors, nulled }: Pick<Run, 'errors' | 'nulled'>,
  error: unknown,
  path: Path | undefined,
): void {
  for (let at = path; at !== undefined; at = at.prev) if (nulled.has(at)) return;
  if (nulled.has(undefined)) return;
  nulled.add(path);
  errors.push(error instanceof GraphQLError ? error : locatedError(error, undefined));
}

function keysOf(path: Path): (string | number)[] {
  const keys: (string | number)[] = [];
  for (let at: Path | undefined = path; at !== undefined; at = at.prev) keys.push(at.key);
  return keys.reverse();
}

export function isPromise(value: unknown): value is Promise<unknown> {
  return typeof (value as { then?: unknown } | null | undefined)?.then === 'function';
}
