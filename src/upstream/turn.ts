import type { Lane } from '../records/pace.ts';

/** Calls that wait one behind the other, as one caller's do. Of several lines the one with the smaller order goes first. */
export interface Line {
  /** May grow while calls wait, and never falls. */
  readonly order: number;
}

/** Backpressure that many calls share, as those of one feed do. */
export interface Gate {
  /** Null where what one more call brings can be taken in now; else what settles when it is worth asking again. */
  backpressure(): Promise<void> | null;
}

/** Whose turn it is when a slot comes free: decided anew at every slot, since waiting people come and go. */
export interface Turn {
  readonly lane: Lane;
  /** The lines it stands in at once, in its lane: it goes when its turn comes in any of them. */
  readonly lines: ReadonlySet<Line>;
  /** While it is closed the call waits and its slot goes to the next who can use it. @default none */
  readonly gate?: Gate;
  /** Told when a slot was given, so that the next one goes to somebody else. */
  served(): void;
  /** Tells `changed` of each line the call comes into, or leaves, or stands in as before but in another lane. Returns how to stop. */
  watch?(changed: (line: Line) => void): () => void;
}

/** The turn of a call that stands in one line of its own from beginning to end. */
export function fixedTurn(lane: Lane, order = 0, served: () => void = () => {}): Turn {
  return { lane, lines: new Set([{ order }]), served };
}

/** The turn of calls that callers join and leave while they wait. */
export interface SharedTurn<L extends Line> extends Turn {
  join(line: L): void;
  /** From now on it lets nobody go first any more. */
  hurry(): void;
  leave(line: L): void;
}

// What was begun is finished first; what nobody waits for goes as it came, and some of it after everything else.
const BEGUN: ReadonlySet<Line> = new Set([{ order: -1 }]);
const UNASKED: ReadonlySet<Line> = new Set([{ order: 0 }]);
const LAST: ReadonlySet<Line> = new Set([{ order: Number.POSITIVE_INFINITY }]);

export interface SharedTurnOptions {
  /** Whether it lets everything else of the background go first until it is begun, and takes turns with it from then on. */
  readonly isLast?: boolean;
}

/**
 * In the lines of those who have joined, in the background while there are none. Once it was served it is begun: it is
 * finished before anything else of its lane and waits for no gate. `served` is told whose turn it was.
 */
export function createSharedTurn<L extends Line>(
  gate: Gate,
  served: (first: L | null) => void,
  { isLast = false }: SharedTurnOptions = {},
): SharedTurn<L> {
  let yields = isLast;
  const joined = new Set<L>();
  const watchers = new Set<(line: Line) => void>();
  let isBegun = false;

  function tell(lines: Iterable<Line>): void {
    for (const line of lines) for (const changed of watchers) changed(line);
  }

  function changed(line: L, count: number): void {
    tell([line]);
    // The first to come takes it out of the background, the last to leave puts it back.
    if (joined.size === count) tell([...UNASKED, ...BEGUN, ...LAST]);
  }

  function leastOf(lines: Iterable<L>): L | null {
    let least: L | null = null;
    for (const line of lines) if (least === null || line.order < least.order) least = line;
    return least;
  }

  return {
    get lane() {
      return joined.size > 0 ? 'interactive' : 'background';
    },
    get lines() {
      if (yields && joined.size === 0) return isBegun ? UNASKED : LAST;
      if (isBegun) return BEGUN;
      return joined.size > 0 ? joined : UNASKED;
    },
    get gate() {
      return isBegun ? undefined : gate;
    },
    served() {
      served(leastOf(joined));
      if (isBegun) return;
      isBegun = true;
      tell([...joined, ...UNASKED, ...BEGUN, ...LAST]);
    },
    watch(watcher) {
      watchers.add(watcher);
      return () => watchers.delete(watcher);
    },
    hurry() {
      yields = false;
      tell([...UNASKED, ...BEGUN, ...LAST]);
    },
    join(line) {
      if (joined.has(line)) return;
      joined.add(line);
      changed(line, 1);
    },
    leave(line) {
      if (joined.delete(line)) changed(line, 0);
    },
  };
}
