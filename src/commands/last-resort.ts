import type { Logger } from 'pino';

/** Errors that were not caught anywhere in a process that serves. */
export interface LastResort {
  /** Aborted by the first uncaught error. */
  readonly signal: AbortSignal;
  /** Leaves the process to its defaults again. */
  dismiss(): void;
}

/** Events of the process by which errors without an owner come. */
const EVENTS = ['unhandledRejection', 'uncaughtException'] as const;

/**
 * From here on, an error without an owner is logged as fatal with the requests under way, one of which it may be
 * of, instead of ending the process in the middle of them: whoever serves finishes what runs, then ends with code
 * 1, so that a supervisor starts a sound process. What state the error left behind, nobody can tell.
 */
export function watchForFatal(
  process: NodeJS.Process,
  logger: Logger,
  requestsUnderWay: () => readonly string[],
): LastResort {
  const fatal = new AbortController();
  const note = (error: unknown) => {
    logger.fatal({ err: error, requests: requestsUnderWay() }, 'an uncaught error: this process ends');
    fatal.abort();
  };
  for (const event of EVENTS) process.on(event, note);
  return {
    signal: fatal.signal,
    dismiss() {
      for (const event of EVENTS) process.off(event, note);
    },
  };
}
