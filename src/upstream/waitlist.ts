import type { Lane } from '../records/pace.ts';
import { createHeap, type Heap } from './heap.ts';
import type { Gate, Line, Turn } from './turn.ts';

/** Those who wait, of whom the one whose turn it is is found in O(log n), however many they are. */
export interface Waitlist<W> {
  readonly size: number;
  add(waiter: W): void;
  /** False where it does not wait. */
  delete(waiter: W): boolean;
  has(waiter: W): boolean;
  /** Whose turn it is among those whose gate is open: interactive before background, then by line, then as they came. */
  first(): W | null;
  /** What settles when a closed gate that somebody waits for may have opened. */
  pressures(): readonly Promise<void>[];
}

interface Place<W> {
  readonly waiter: W;
  /** Grows with each who comes. */
  readonly number: number;
  /** Where it stands, by line. */
  readonly queues: Map<Line, Queue<W>>;
  readonly unwatch: () => void;
}

/** Those of one line, one lane and one gate. */
interface Queue<W> {
  readonly line: Line;
  readonly shelf: Shelf<W>;
  readonly places: Heap<Place<W>>;
  /** The line's order when it was last looked at: the line stands no sooner than by this. */
  order: number;
}

/** The lines of one lane and one gate. */
interface Shelf<W> {
  readonly queues: Map<Line, Queue<W>>;
  readonly heap: Heap<Queue<W>>;
}

type Shelves<W> = Readonly<Record<Lane, Shelf<W>>>;

const lanes: readonly Lane[] = ['interactive', 'background'];

/** `heedsGates: false`: a closed gate keeps nobody waiting. */
export function createWaitlist<W extends { readonly turn: Turn }>({ heedsGates = true } = {}): Waitlist<W> {
  const places = new Map<W, Place<W>>();
  const byGate = new Map<Gate | null, Shelves<W>>();
  let came = 0;

  function shelfOf({ gate, lane }: Turn): Shelf<W> {
    const key = heedsGates ? (gate ?? null) : null;
    let shelves = byGate.get(key);
    if (shelves === undefined) {
      shelves = { interactive: createShelf(), background: createShelf() };
      byGate.set(key, shelves);
    }
    return shelves[lane];
  }

  /** Puts a waiter where it belongs of one line: into it, out of it, or from one lane's into the other's. */
  function place(at: Place<W>, line: Line): void {
    const { turn } = at.waiter;
    const shelf = turn.lines.has(line) ? shelfOf(turn) : null;
    const queue = at.queues.get(line);
    if (queue?.shelf === shelf) return;
    if (queue !== undefined) takeOut(at, queue);
    if (shelf !== null) putIn(at, shelf, line);
  }

  function putIn(at: Place<W>, shelf: Shelf<W>, line: Line): void {
    let queue = shelf.queues.get(line);
    const isNew = queue === undefined;
    queue ??= { line, shelf, places: createHeap((a, b) => a.number < b.number), order: line.order };
    queue.places.add(at);
    at.queues.set(line, queue);
    if (isNew) {
      shelf.queues.set(line, queue);
      shelf.heap.add(queue);
    } else if (queue.places.first() === at) shelf.heap.moved(queue);
  }

  function takeOut(at: Place<W>, queue: Queue<W>): void {
    const { line, shelf } = queue;
    const wasFirst = queue.places.first() === at;
    at.queues.delete(line);
    if (queue.places.size === 1) {
      shelf.heap.delete(queue);
      shelf.queues.delete(line);
    }
    queue.places.delete(at);
    if (wasFirst && queue.places.size > 0) shelf.heap.moved(queue);
  }

  function firstOf(lane: Lane): Queue<W> | null {
    let chosen: Queue<W> | null = null;
    for (const [gate, { [lane]: shelf }] of byGate) {
      const queue = firstIn(shelf);
      if (queue === undefined || (chosen !== null && !precedes(queue, chosen))) continue;
      if ((gate?.backpressure() ?? null) === null) chosen = queue;
    }
    return chosen;
  }

  return {
    get size() {
      return places.size;
    },
    add(waiter) {
      const at: Place<W> = {
        waiter,
        number: came,
        queues: new Map(),
        unwatch: waiter.turn.watch?.((line) => place(at, line)) ?? (() => {}),
      };
      came += 1;
      places.set(waiter, at);
      for (const line of waiter.turn.lines) place(at, line);
    },
    delete(waiter) {
      const at = places.get(waiter);
      if (at === undefined) return false;
      places.delete(waiter);
      at.unwatch();
      for (const queue of at.queues.values()) takeOut(at, queue);
      return true;
    },
    has: (waiter) => places.has(waiter),
    first() {
      for (const lane of lanes) {
        const place = firstOf(lane)?.places.first();
        if (place !== undefined) return place.waiter;
      }
      return null;
    },
    pressures() {
      const isWaitedFor = (shelves: Shelves<W>) => lanes.some((lane) => shelves[lane].heap.size > 0);
      return [...byGate].flatMap(([gate, shelves]) => {
        const eased = isWaitedFor(shelves) ? (gate?.backpressure() ?? null) : null;
        return eased === null ? [] : [eased];
      });
    },
  };
}

function createShelf<W>(): Shelf<W> {
  return { queues: new Map(), heap: createHeap<Queue<W>>(precedes) };
}

function firstIn<W>({ heap }: Shelf<W>): Queue<W> | undefined {
  for (;;) {
    const queue = heap.first();
    if (queue === undefined || queue.order === queue.line.order) return queue;
    // Lines that were served since move back when they come to the front: none of them moves forward by itself.
    queue.order = queue.line.order;
    heap.moved(queue);
  }
}

function precedes<W>(a: Queue<W>, b: Queue<W>): boolean {
  if (a.order !== b.order) return a.order < b.order;
  return (a.places.first()?.number ?? 0) < (b.places.first()?.number ?? 0);
}
