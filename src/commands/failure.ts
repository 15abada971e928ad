import { redact } from '../config/conceal.ts';
import { CountroomError, UsageError } from '../errors.ts';

/** How a command that threw ends. */
export interface Ending {
  /** 1: failed; 2: wrong usage or configuration. */
  readonly code: number;
  readonly text: string;
}

export interface EndingOptions {
  /** Texts that must not be printed. */
  readonly secrets: readonly string[];
  /** Whether the stack is printed as well. */
  readonly debug: boolean;
}

/** Exit code and message of a failure, with a hint where the error is not one of ours; never with a secret in it. */
export function endingOf(error: unknown, { secrets, debug }: EndingOptions): Ending {
  if (error instanceof Error && error.name === 'AbortError') {
    return { code: 1, text: 'countroom: stopped before it was done' };
  }
  const code = error instanceof UsageError ? 2 : 1;
  const message = error instanceof Error ? error.message : String(error);
  const hint =
    error instanceof CountroomError
      ? ''
      : '\nThis is an error inside countroom; COUNTROOM_DEBUG=1 shows where it happened.';
  const stack = debug && error instanceof Error ? `\n${error.stack ?? ''}` : '';
  return { code, text: redact(`countroom: ${message}${debug ? stack : hint}`, secrets) };
}
