/** What reading a feed has shown of its provider, for as long as this process runs. */
export interface Learnt {
  /** Whether the provider has said a total larger than its page: what it says are totals then. */
  readonly countsAll: boolean;
  /** Whether an answer has listed a row at the very start of what was asked. */
  readonly listsStarts: boolean;
  /** The longest interval worth asking at once; null where the provider was not found slow lately. */
  readonly span: number | null;
  /** A total that came with a page of so many rows. */
  noteTotal(total: number | null, count: number): void;
  noteStart(): void;
  /** An interval so long did not come in time. Returns whether a shorter one has lately: the provider is slow, not down. */
  noteSlow(length: number): boolean;
  /** An interval so long came in time. */
  noteQuick(length: number): void;
}

const SPAN_LASTS_MS = 3_600_000;
// Halves meet at a whole second, so one of them may be longer by one.
const ROUNDING_MS = 1_000;

/** @param monotonic milliseconds that never jump */
export function createLearnt(monotonic: () => number): Learnt {
  let countsAll = false;
  let listsStarts = false;
  let slow: { readonly span: number; readonly works: number; readonly until: number } | null = null;
  const current = () => (slow !== null && monotonic() < slow.until ? slow : null);
  return {
    get countsAll() {
      return countsAll;
    },
    get listsStarts() {
      return listsStarts;
    },
    get span() {
      const known = current();
      return known === null || known.works === 0 ? null : known.span;
    },
    noteTotal(total, count) {
      if (total !== null && count > 0 && total > count) countsAll = true;
    },
    noteStart() {
      listsStarts = true;
    },
    noteSlow(length) {
      const works = current()?.works ?? 0;
      const isSlow = works > 0 && works < length;
      slow = {
        span: length / 2 + ROUNDING_MS,
        works: isSlow ? works : 0,
        until: monotonic() + SPAN_LASTS_MS,
      };
      return isSlow;
    },
    noteQuick(length) {
      const known = current();
      if (known === null) return;
      slow = { ...known, span: Math.max(known.span, length), works: Math.max(known.works, length) };
    },
  };
}
