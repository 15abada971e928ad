import { redact } from '../config/conceal.ts';
import { CountroomError, UsageError } from '../errors.ts';

/** How a command that threw ends. */
export interface Ending {
  /** 1: failed; 2: wrong usage or configuration. */
  readonly code: number;
  readonly text: string;
}

export interface Telling {
  readonly secrets: readonly string[];
  /** Whether the stack is told as well. */
  readonly debug: boolean;
}

/** What is said of a failure: its message alone, for one nobody foresaw with a hint, and never a secret. */
export function endingOf(error: unknown, { secrets, debug }: Telling): Ending {
  if (error instanceof Error && error.name === 'AbortError') {
    return { code: 1, text: 'countroom: stopped before it was done' };
  }
  const code = error instanceof UsageError ? 2 : 1;
  const message = error instanceof Error ? error.message : String(error);
  const hint =
    error instanceof CountroomError
      ? ''
      : '\nThis was not foreseen; COUNTROOM_DEBUG=1 shows where it happened.';
  const stack = debug && error instanceof Error ? `\n${error.stack ?? ''}` : '';
  return { code, text: redact(`countroom: ${message}${debug ? stack : hint}`, secrets) };
}
