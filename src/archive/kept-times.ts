import { countedAtOf } from '../records/axis.ts';
import type { RecordKind, RecordOf } from '../records/record.ts';

/** A record's times as the archive keeps them: by which it counts, and its feed's own where that is another. */
export interface KeptTimes {
  readonly countedAt: number;
  readonly axisAt: number | null;
}

export function keptTimes(kind: RecordKind, record: RecordOf[RecordKind]): KeptTimes {
  const countedAt = countedAtOf(kind, record);
  return { countedAt, axisAt: record.axisAt === countedAt ? null : record.axisAt };
}
