import { NothingToAskError } from '../../errors.ts';
import type { Page } from '../../providers/provider.ts';
import { type Interval, intersect } from '../../records/interval.ts';
import { clip, reachOf } from '../../records/window.ts';
import type { Departure } from '../../upstream/call.ts';
import type { Feed } from '../feed.ts';
import type { Reading } from './piece.ts';

/** A page, with when its request left. */
export interface LeftPage extends Page {
  /** By our wall clock, as reads are ordered. */
  readonly readAt: number;
  /** What the provider's clock showed at least then, by all that is known when this is asked. */
  readonly providerAt: () => number;
}

/** One page of a reading; later pages go on from `cursor` where the provider gave one. */
export async function askPage(
  { feed, context }: Reading,
  interval: (departure: Departure) => Interval,
  number: number,
  cursor: string | null = null,
): Promise<LeftPage> {
  const { stamp = (wall) => wall, settled, ...call } = context;
  // The last attempt's: the one that was answered.
  let left: Pick<LeftPage, 'readAt' | 'providerAt'> | null = null;
  const page = await feed.connection.readPage(feed.kind, {
    ...call,
    limits: feed.limits,
    interval(departure) {
      const { now, providerAt = () => now } = departure;
      left = { readAt: stamp(now), providerAt };
      return interval(departure);
    },
    page: number,
    cursor,
  });
  await settled?.();
  const { askedAt } = page;
  return { ...page, ...(left ?? { readAt: stamp(askedAt), providerAt: () => askedAt }) };
}

/**
 * The part as it may be asked when its call leaves: from one step before it where `maxWindow` and retention leave
 * room, so that a provider that leaves out the start of what is asked loses nothing.
 */
export function asked({ feed, part }: Reading): (departure: Departure) => Interval {
  return (departure) => {
    const reach = { ...departure, retentionMs: feed.limits.retention };
    const interval = clip(part, reach, feed.stepMs);
    if (interval === null)
      throw new NothingToAskError(`${feed.account.id}: nothing of the window can be asked now`);
    const before = { from: interval.from - feed.stepMs, to: interval.to };
    return fits(before, feed) && before.from >= reachOf(reach).from ? before : interval;
  };
}

/**
 * What a reading holds of its part: every instant that lies within what was asked, up to the provider's own time; null
 * where there is none. The start itself is held only where it was asked from before it, or where the provider is known
 * to list the start of what is asked.
 */
export function heldBy({ feed, part, learnt }: Reading, { interval, providerAt }: LeftPage): Interval | null {
  const start = learnt.listsStarts ? interval.from : interval.from + feed.stepMs;
  return intersect({ from: Math.max(part.from, start), to: interval.to }, { from: start, to: providerAt() });
}

/** The part as it was asked, without the step before it. */
export function askedOf({ part }: Reading, { interval }: Page): Interval {
  return { from: Math.max(part.from, interval.from), to: interval.to };
}

/** Notes what an answer shows of the provider's way with the start of what is asked. */
export function noteStart({ learnt }: Reading, { interval, rows }: Page): void {
  if (!learnt.listsStarts && rows.some(({ axisAt }) => axisAt === interval.from)) learnt.noteStart();
}

function fits({ from, to }: Interval, { limits }: Feed): boolean {
  return limits.maxWindow === null || to - from <= limits.maxWindow;
}
