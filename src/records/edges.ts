import type { HeldPart, ReadPart } from './coverage.ts';
import { type Interval, subtract } from './interval.ts';
import { type Window, windowsOf } from './window.ts';

/**
 * Where windows are as long as one call may ask for, the instant at which two meet is the end of one and the start of
 * the other, and a provider may leave either out of its answers. A read holds what lies within what it asked; such an
 * instant is held once it was asked both ways, as of the older read. `edgeMs` is that instant's length in the ledger,
 * null for feeds that are asked from before their windows.
 */
export function joinAtEdges<P extends ReadPart | HeldPart>(
  parts: readonly P[],
  edgeMs: number | null,
): readonly P[] {
  if (edgeMs === null) return parts;
  const sorted = parts.toSorted((a, b) => a.from - b.from);
  const joined: P[] = [];
  for (const [index, part] of sorted.entries()) {
    if (isOutlived(part, sorted[index - 1], sorted[index + 1], edgeMs)) continue;
    const last = joined.at(-1);
    const gap = last === undefined ? 0 : part.from - last.to;
    if (last === undefined || gap <= 0 || gap > edgeMs) {
      joined.push(part);
    } else if (isWeaker(part, last)) {
      joined.push({ ...part, from: last.to });
    } else {
      joined[joined.length - 1] = { ...last, to: part.from };
      joined.push(part);
    }
  }
  return joined;
}

/** Whether an instant was read by itself once, and since then by both of the reads that meet in it. */
function isOutlived<P extends ReadPart | HeldPart>(
  part: P,
  before: P | undefined,
  after: P | undefined,
  edgeMs: number,
): boolean {
  if (before === undefined || after === undefined || part.quarantined > 0) return false;
  // What is told apart because a row there is in doubt is no instant of its own.
  if ((part.contradicted ?? 0) > 0) return false;
  if (part.to - part.from > edgeMs || before.to !== part.from || after.from !== part.to) return false;
  return isYounger(before, part) && isYounger(after, part);
}

const ranks = { open: 0, held: 1, final: 2 } as const;

/** By their states where they have any, since a part of one state has the time of its oldest read. */
function isYounger(part: ReadPart | HeldPart, other: ReadPart | HeldPart): boolean {
  if ('state' in part && 'state' in other && part.state !== other.state)
    return ranks[part.state] > ranks[other.state];
  return (part.providerAt ?? part.readAt) > (other.providerAt ?? other.readAt);
}

/** Which of two reads an instant that rests on both is told by: the older, but one with rows set aside stays as it is. */
function isWeaker(part: ReadPart, other: ReadPart): boolean {
  if (part.quarantined > 0 !== other.quarantined > 0) return other.quarantined > 0;
  return (part.providerAt ?? part.readAt) < (other.providerAt ?? other.readAt);
}

/**
 * The windows to ask for a missing part: those it touches, but for one of which only the instant is missing that it
 * begins with. Its own read could not hold that; what is asked up to it does, the window before.
 */
export function windowsToAsk(
  { from, to }: Interval,
  { grid, edge }: { readonly grid: number; readonly edge: number | null },
): Window[] {
  if (edge === null) return windowsOf({ from, to }, grid);
  const end = (to - edge) % grid === 0 ? to - edge : to;
  return windowsOf({ from: from < end ? from : from - edge, to: end }, grid);
}

/** The windows before the instants of `range` that are all that lacks between two of its parts, or before the first. */
export function windowsOfEdges(
  range: Interval,
  parts: readonly Interval[],
  timing: { readonly grid: number; readonly edge: number | null },
): Window[] {
  const { grid, edge } = timing;
  if (edge === null) return [];
  const edges = subtract(range, parts).filter(({ from, to }) => to - from <= edge && from % grid === 0);
  return edges.flatMap((each) => windowsToAsk(each, timing));
}

/** A range with the instants beside it that may tell whether its own ends are held. */
export function withEdges({ from, to }: Interval, edgeMs: number | null): Interval {
  return { from: from - (edgeMs ?? 0), to: to + (edgeMs ?? 0) };
}
