import { type HeldPart, type ReadPart, statesOf, timeOf } from '../records/coverage.ts';
import type { Interval } from '../records/interval.ts';
import type { FeedAge, FeedKey, HeldSpan } from './archive.ts';

/** Parts of one feed's ledger, oldest first, none over another. */
export interface FeedParts extends FeedKey {
  readonly parts: readonly ReadPart[];
}

/** The ledger in memory, for an archive that no other process writes. */
export interface HeldLedger {
  /** As `Archive.coverage`; what is not in memory yet is loaded. */
  coverage(feeds: readonly FeedAge[], range: Interval): Promise<readonly HeldSpan[]>;
  /** To be called once a feed's ledger, or for null any feed's, has changed and before anybody is told. */
  forget(feed: FeedKey | null): void;
}

export interface HeldLedgerOptions {
  /** Reads the parts of feeds that end after `from`; a feed without any may be left out. */
  readonly load: (feeds: readonly FeedKey[], from: number) => Promise<readonly FeedParts[]>;
  /** How many parts are kept; the feeds that were loaded first go first. @default 100_000 */
  readonly most?: number;
}

interface Kept {
  readonly age: FeedAge;
  readonly from: number;
  /** Each part divided by its states, which do not change: they depend on when it was read and not on what time it is. */
  readonly parts: readonly HeldPart[];
}

/** Keeps what was asked for until it changes: a page then costs no query of the ledger. */
export function createHeldLedger({ load, most = 100_000 }: HeldLedgerOptions): HeldLedger {
  const kept = new Map<string, Kept>();
  let changes = 0;
  let size = 0;

  function drop(name: string): void {
    size -= kept.get(name)?.parts.length ?? 0;
    kept.delete(name);
  }

  function keep(name: string, fresh: Kept): void {
    drop(name);
    kept.set(name, fresh);
    size += fresh.parts.length;
    for (const oldest of kept.keys()) {
      if (size <= most) break;
      drop(oldest);
    }
  }

  async function partsOf(feeds: readonly FeedAge[], from: number): Promise<(readonly HeldPart[])[]> {
    const found = feeds.map((feed) => kept.get(nameOf(feed)));
    const lacking = feeds.filter((feed, index) => !covers(found[index], feed, from));
    if (lacking.length === 0) return found.map((each) => each?.parts ?? []);
    const changesBefore = changes;
    const loaded = await load(lacking, from);
    const ages = new Map(lacking.map((feed) => [nameOf(feed), feed]));
    const byName = new Map<string, readonly HeldPart[]>();
    for (const feed of loaded) {
      const age = ages.get(nameOf(feed));
      if (age !== undefined)
        byName.set(
          nameOf(feed),
          feed.parts.flatMap((part) => statesOf(part, age)),
        );
    }
    // A change in between may have come after these were read.
    if (changes === changesBefore) {
      for (const feed of lacking) {
        const name = nameOf(feed);
        keep(name, { age: feed, from, parts: byName.get(name) ?? [] });
      }
    }
    return feeds.map((feed, index) =>
      lacking.includes(feed) ? (byName.get(nameOf(feed)) ?? []) : (found[index]?.parts ?? []),
    );
  }

  return {
    async coverage(feeds, range) {
      if (range.from >= range.to) return [];
      const sorted = [...feeds].sort((a, b) => bytewise(a.account, b.account) || bytewise(a.kind, b.kind));
      const parts = await partsOf(sorted, range.from);
      return sorted.flatMap((feed, index) => spansOf(feed, parts[index] ?? [], range));
    },
    forget(feed) {
      changes += 1;
      if (feed !== null) drop(nameOf(feed));
      else for (const name of [...kept.keys()]) drop(name);
    },
  };
}

/** The parts within a range, cut to it, touching ones of one state as one; what has quarantined rows stands alone. */
function spansOf({ account, kind }: FeedAge, parts: readonly HeldPart[], range: Interval): HeldSpan[] {
  const spans: { -readonly [Name in keyof HeldSpan]: HeldSpan[Name] }[] = [];
  let last: (typeof spans)[number] | undefined;
  for (let at = firstEndingAfter(parts, range.from); at < parts.length; at += 1) {
    const part = parts[at];
    if (part === undefined || part.from >= range.to) break;
    const { state, readAt, quarantined } = part;
    const from = Math.max(part.from, range.from);
    const to = Math.min(part.to, range.to);
    const providerAt = timeOf(part);
    if (last?.to === from && last.state === state && last.quarantined + quarantined === 0) {
      last.to = to;
      last.readAt = Math.min(last.readAt, readAt);
      last.providerAt = Math.min(timeOf(last), providerAt);
    } else {
      last = { account, kind, from, to, state, readAt, providerAt, quarantined };
      spans.push(last);
    }
  }
  return spans;
}

function covers(kept: Kept | undefined, age: FeedAge, from: number): boolean {
  return (
    kept !== undefined &&
    kept.from <= from &&
    kept.age.settlementLag === age.settlementLag &&
    kept.age.finalAfter === age.finalAfter
  );
}

function firstEndingAfter(parts: readonly HeldPart[], from: number): number {
  let [low, high] = [0, parts.length];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if ((parts[middle]?.to ?? 0) > from) high = middle;
    else low = middle + 1;
  }
  return low;
}

function nameOf({ account, kind }: FeedKey): string {
  return `${kind} ${account}`;
}

function bytewise(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}
