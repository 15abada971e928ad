/** One request that was answered or refused: who asked what and got how much of it, never what it held. */
export interface AuditRecord {
  /** When its answer was ready, in milliseconds. */
  readonly at: number;
  readonly requestId: string;
  /** The name of the key, or a token's subject. */
  readonly key: string;
  readonly role: string;
  /** The accounts the key may see; null for all. */
  readonly accounts: readonly string[] | null;
  /** `graphql`, `export` or `odata`. */
  readonly route: string;
  readonly operation: string | null;
  readonly rows: number;
  readonly cost: number | null;
  readonly durationMs: number;
  readonly error: string | null;
}
