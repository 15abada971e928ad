import type { Interval } from './interval.ts';

export type PeriodUnit = 'HOUR' | 'DAY' | 'WEEK' | 'MONTH';

/** Within `[from, to)` the zone's local time is UTC plus `offsetMs`. */
export interface OffsetPiece extends Interval {
  readonly offsetMs: number;
}

/** How instants fall into a zone's hours, days, ISO weeks (Monday) or months: what an archive needs to group by them. */
export interface PeriodGrid {
  readonly unit: PeriodUnit;
  readonly timeZone: string;
  /** The local time of day at which a business day starts; milliseconds. */
  readonly dayStartsAtMs: number;
  /** The zone's offsets over the asked range: sorted, touching, covering it. */
  readonly pieces: readonly OffsetPiece[];
}
