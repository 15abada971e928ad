import type { SeqNoFailure } from '../../records/record.ts';
import { formatIso } from '../times.ts';
import { codes } from './codes.ts';
import type { Row } from './wire.ts';

/**
 * The record of one wallet callback. A callback is sent up to three times under one seqNo, so its key is the JSON list
 * `["seqNo","event","startRequestTime"]`, the time always with milliseconds: some API versions send them, some do not.
 */
export function toSeqNoFailure(row: Row, raw: string): SeqNoFailure {
  return {
    key: keyOf(row),
    formerKey: null,
    providerUsername: row.username.toLowerCase(),
    axisAt: row.startRequestTime,
    versionAt: row.endResponseTime,
    raw,
    seqNo: row.seqNo,
    event: row.event,
    statusCode: row.status,
    statusMeaning: codes[row.status]?.meaning ?? null,
    succeeded: row.status === 200 || row.status === 201,
    requestedAt: row.startRequestTime,
    respondedAt: row.endResponseTime,
  };
}

function keyOf({
  seqNo,
  event,
  startRequestTime,
}: Pick<Row, 'seqNo' | 'event' | 'startRequestTime'>): string {
  return JSON.stringify([seqNo, event, formatIso(startRequestTime)]);
}

/** The key of an entry of which not every field could be read. */
export function keyOfFields({ seqNo, event, startRequestTime }: Partial<Row>): string | null {
  if (seqNo === undefined || event === undefined || startRequestTime === undefined) return null;
  return keyOf({ seqNo, event, startRequestTime });
}
