/** A set whose first item is known at once, where adding, removing and moving one takes O(log n). */
export interface Heap<T> {
  readonly size: number;
  /** The one that precedes all others; undefined where there is none. */
  first(): T | undefined;
  add(item: T): void;
  /** False where it was not there. */
  delete(item: T): boolean;
  /** Finds an item its place again after what it is compared by has changed. */
  moved(item: T): void;
}

/** A binary heap that knows where each of its items stands; `precedes` is a strict order. */
export function createHeap<T>(precedes: (a: T, b: T) => boolean): Heap<T> {
  const items: T[] = [];
  const places = new Map<T, number>();

  function put(item: T, place: number): void {
    items[place] = item;
    places.set(item, place);
  }

  function settle(item: T, from: number): void {
    let place = from;
    for (;;) {
      const parent = (place - 1) >> 1;
      const above = items[parent];
      if (place === 0 || above === undefined || !precedes(item, above)) break;
      put(above, place);
      place = parent;
    }
    for (;;) {
      let child = 2 * place + 1;
      let below = items[child];
      if (below === undefined) break;
      const right = items[child + 1];
      if (right !== undefined && precedes(right, below)) {
        child += 1;
        below = right;
      }
      if (!precedes(below, item)) break;
      put(below, place);
      place = child;
    }
    put(item, place);
  }

  return {
    get size() {
      return items.length;
    },
    first: () => items[0],
    add: (item) => settle(item, items.length),
    delete(item) {
      const place = places.get(item);
      if (place === undefined) return false;
      places.delete(item);
      const last = items.pop();
      if (last !== undefined && last !== item) settle(last, place);
      return true;
    },
    moved(item) {
      const place = places.get(item);
      if (place !== undefined) settle(item, place);
    },
  };
}
