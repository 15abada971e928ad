import type { FeedLimits } from '../../providers/provider.ts';
import { asked, askedOf, askPage, heldBy, type LeftPage, noteStart } from './asking.ts';
import { createListing, type Listing } from './listing.ts';
import type { Outcome, Piece, Reading } from './piece.ts';

// Numbers at which answers are cut where nobody says so.
const ROUND = new Set([1_000, 2_000, 5_000, 10_000, 20_000]);

/** Reads an interval by one answer, which may have been cut at `rowCap`. */
export async function readWhole(reading: Reading): Promise<Outcome> {
  const page = await askPage(reading, asked(reading), 1);
  noteStart(reading, page);
  const listing = createListing();
  listing.add(page);
  const piece = pieceOf(reading, page, listing.done());
  const { account, limits } = reading.feed;
  const interval = askedOf(reading, page);
  if (limits.rowCap === null || page.count < limits.rowCap) {
    return { is: 'whole', interval, piece, isRound: isRound(page.count, limits) };
  }
  return {
    is: 'too much',
    interval,
    reason: 'TOO_MANY_ROWS',
    message: `${account.id}: ${page.count} rows in one answer, which may have been cut at ${limits.rowCap}`,
    cut: true,
    rest: piece,
  };
}

/** What a listing is the whole truth of, by the page it began with. */
export function pieceOf(reading: Reading, first: LeftPage, listing: Listing): Piece {
  const { rows, quarantined, duplicates, unknownFields } = listing;
  return {
    interval: heldBy(reading, first),
    readAt: first.readAt,
    providerAt: first.providerAt(),
    rows,
    quarantined,
    duplicates,
    unknownFields,
  };
}

/** Whether so many rows may be what a cap left, which nobody has declared. */
export function isRound(count: number, { rowCap, suspectsRound = rowCap === null }: FeedLimits): boolean {
  return suspectsRound && ROUND.has(count);
}
