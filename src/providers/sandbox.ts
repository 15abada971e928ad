import type { Interval } from '../records/interval.ts';
import type { RecordKind } from '../records/record.ts';
import type { Casino } from './casino.ts';

/** What reached a sandbox: header names in lower case, the body as text. */
export interface SandboxRequest {
  readonly method: string;
  readonly path: string;
  /** What follows the path's question mark. @default nothing */
  readonly query?: string;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: string;
}

export interface SandboxReply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: string;
}

/** One call as a sandbox judged it: `refused` is null, or says which rule it broke. */
export interface SandboxCall {
  readonly at: number;
  readonly operation: string;
  readonly interval: Interval | null;
  readonly page: number | null;
  readonly refused: string | null;
}

export interface SandboxSettings {
  /** Milliseconds since the epoch. @default Date.now */
  readonly clock?: () => number;
  /** Between two calls of one operation. @default the document's */
  readonly minIntervalMs?: number;
  /** How many rows a minute of the feed's time holds. @default 4 */
  readonly rowsPerMinute?: number;
  /** What is played, instead of rows that are made to be awkward. @default nothing */
  readonly casino?: Casino | undefined;
}

/**
 * The strict other side of one provider: it refuses, with the provider's own codes, every signature, cipher,
 * header, nonce, window and interval its document forbids, and serves deterministic rows.
 */
export interface Sandbox {
  /** An account entry of the configuration that this sandbox accepts, without `id` and `baseUrl`. */
  readonly account: Readonly<Record<string, unknown>>;
  /** Answers one request; every call is judged and noted. */
  handle(request: SandboxRequest): SandboxReply;
  readonly calls: readonly SandboxCall[];
  /**
   * The truth: the records, as compact JSON text in the provider's own shape, whose time on the feed's axis lies in
   * `[from, to)`. Any window of time always gives the same rows, whenever and in whatever pieces it is asked for.
   */
  truth(kind: RecordKind, interval: Interval): readonly string[];
}

export type CreateSandbox = (settings?: SandboxSettings) => Sandbox;
