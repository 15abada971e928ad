import type { Writable } from 'node:stream';

/** A command's surroundings: where it writes, its environment and folder, and when to stop. */
export interface Io {
  /** For results alone. */
  readonly stdout: Writable & { readonly columns?: number };
  /** For progress, warnings and logs. */
  readonly stderr: Writable & { readonly isTTY?: boolean };
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  /** Aborted by the first SIGINT or SIGTERM, whose name is its reason's message. */
  readonly signal: AbortSignal;
  /** From here on SIGHUP calls this, where no terminal is there to hang up; else it stops the command. */
  readonly onHangUp?: (act: () => void) => void;
}

/** Resolves when the command is asked to stop. */
export function stopped(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}

/** Whether SIGTERM asked the command to stop, as a supervisor does. */
export function isTerminated({ reason }: AbortSignal): boolean {
  return reason instanceof DOMException && reason.message === 'SIGTERM';
}

/** Resolves when all that was written has left the process, or never can. */
export function flushed(stream: Writable): Promise<void> {
  return new Promise((resolve) => stream.write('', () => resolve()));
}

/** How wide a table may be: as COLUMNS says, else as the terminal is; in a file as wide as it likes. */
export function columnsOf({ env, stdout }: Pick<Io, 'env' | 'stdout'>): number {
  const asked = Number(env['COLUMNS']);
  return Number.isInteger(asked) && asked > 0 ? asked : (stdout.columns ?? Number.POSITIVE_INFINITY);
}
