/**
 * The few ways countroom fails. Messages read `<account or part>: <what> expected …, got …` and never
 * carry a secret, a token or a whole body. `code` is stable: logs, exit codes and GraphQL build on it.
 */
export abstract class CountroomError extends Error {
  abstract readonly code: string;
  override get name(): string {
    return this.constructor.name;
  }
}

/** Wrong command line or configuration: exit code 2. `faults` has one line a fault, each with its path. */
export class UsageError extends CountroomError {
  readonly code = 'USAGE';
  constructor(
    message: string,
    readonly faults: readonly string[] = [],
  ) {
    super(faults.length === 0 ? message : [message, ...faults.map((fault) => `  ${fault}`)].join('\n'));
  }
}

/** An argument a client sent that cannot be: names the field, what was expected and what came. */
export class BadUserInputError extends CountroomError {
  readonly code = 'BAD_USER_INPUT';
}

/** The caller is known, and its role does not allow what it asked for. */
export class NotPermittedError extends CountroomError {
  readonly code = 'FORBIDDEN';
}

/** What is done about a provider's refusal; each provider's code table maps to these. */
export type UpstreamAction =
  /** Likely to pass: the same call again, with backoff. */
  | 'retry'
  /** The session ended: one fresh token, then the same call once more. */
  | 'reauthenticate'
  /** Called too often: wait, and call more slowly from then on. */
  | 'slowDown'
  /** Credentials or signature refused: the account pauses for minutes, longer each time; an operator should act. */
  | 'stopAccount'
  /** The provider calls our arguments wrong: the same call would be refused again. */
  | 'refuseInput'
  /** The answer is too large to be taken in one piece: ask for less. */
  | 'split'
  /** An answer that no rule covers: this window stays a gap, and is reported. */
  | 'giveUp';

export interface UpstreamErrorOptions {
  readonly action: UpstreamAction;
  /** The provider's own code, or `HTTP 503`, `TIMEOUT`, `NOT_JSON` and the like. */
  readonly upstreamCode?: string;
  /** How long the provider told us to wait, in milliseconds. */
  readonly retryAfterMs?: number;
  /** The beginning of a body that could not be read, for quarantine alone: never for messages. */
  readonly raw?: string;
  readonly cause?: unknown;
}

/** A provider did not give what was asked. */
export class UpstreamError extends CountroomError {
  readonly code = 'UPSTREAM';
  readonly action: UpstreamAction;
  readonly upstreamCode: string | null;
  readonly retryAfterMs: number | null;
  readonly raw: string | null;
  constructor(message: string, options: UpstreamErrorOptions) {
    super(message, { cause: options.cause });
    this.action = options.action;
    this.upstreamCode = options.upstreamCode ?? null;
    this.retryAfterMs = options.retryAfterMs ?? null;
    this.raw = options.raw ?? null;
  }
}

/** Nothing of a window was left to ask when its call could leave: it lies in the future or beyond retention. */
export class NothingToAskError extends CountroomError {
  readonly code = 'NOTHING_TO_ASK';
}

/** The archive cannot be opened or written: held by another process, disk full, unreachable. */
export class ArchiveError extends CountroomError {
  readonly code = 'ARCHIVE_UNAVAILABLE';
  /** Whether every other commit would fail for the same reason. */
  readonly general: boolean;
  /** Whether that lasts until somebody mends it and starts countroom anew. */
  readonly lasting: boolean;
  constructor(message: string, { general = false, lasting = false, ...options }: ArchiveErrorOptions = {}) {
    super(message, options);
    this.general = general;
    this.lasting = lasting;
  }
}

export interface ArchiveErrorOptions extends ErrorOptions {
  /** @default false */
  readonly general?: boolean;
  /** @default false */
  readonly lasting?: boolean;
}

/** Another process took the window over: what was read under the lost lease was not written. */
export class LeaseLostError extends CountroomError {
  readonly code = 'LEASE_LOST';
}

/** Something of the machine that countroom needs cannot be had, such as a port that is in use: exit code 1. */
export class UnavailableError extends CountroomError {
  readonly code = 'UNAVAILABLE';
}
