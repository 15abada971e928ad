import type { Writable } from 'node:stream';

/** What a command has of the world: where it writes, what it was told, and when to stop. */
export interface Io {
  /** Results alone. */
  readonly stdout: Writable;
  /** Everything said to people on the way. */
  readonly stderr: Writable & { readonly isTTY?: boolean };
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  /** Aborted by the first SIGINT or SIGTERM, whose name is its reason's message. */
  readonly signal: AbortSignal;
}

/** Resolves when the command is told to stop. */
export function stopped(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}

/** Whether it was SIGTERM that told the command to stop, as supervisors do. */
export function isTerminated({ reason }: AbortSignal): boolean {
  return reason instanceof DOMException && reason.message === 'SIGTERM';
}
