import type { CasinoCallback } from '../casino.ts';
import { formatIso } from '../times.ts';
import type { SandboxRow } from './sandbox-rows.ts';

/** A callback as `getseqnorecord` lists it. */
export function callbackRow({ seqNo, username, event, status, at, answeredAt }: CasinoCallback): SandboxRow {
  const text = JSON.stringify({
    seqNo,
    username,
    event,
    startRequestTime: formatIso(at),
    endResponseTime: answeredAt === null ? null : formatIso(answeredAt),
    status,
  });
  return { text, username, status };
}
