import type { Logger } from 'pino';
import type { Viewer } from '../../graph/viewer.ts';

/** Who asked what, without the rows themselves. */
export interface AuditEntry {
  readonly requestId: string;
  readonly viewer: Viewer;
  /** `graphql`, `export`, `odata`. */
  readonly route: string;
  /** The operation's name, the export's or the entity set's; null where it has none. */
  readonly operation: string | null;
  readonly rows: number;
  readonly durationMs: number;
  /** The cost counted; null where none is. */
  readonly cost: number | null;
  /** The stable code of what went wrong; null where nothing did. */
  readonly error: string | null;
}

/** Called once for every request that was let in, when it was answered or refused. */
export type Audit = (entry: AuditEntry) => void;

/** Writes the audit log as structured log lines. */
export function createAuditLogger(logger: Logger): Audit {
  return ({ viewer, ...entry }) => {
    const trail = { key: viewer.name, role: viewer.role, accounts: viewer.accounts ?? 'all', ...entry };
    logger.info({ trail }, 'asked');
  };
}
