import type { Page } from '../../providers/provider.ts';
import { intersect } from '../../records/interval.ts';
import { asked, askedOf, askPage, noteStart } from './asking.ts';
import { createListing } from './listing.ts';
import type { Outcome, Reading } from './piece.ts';
import { pieceOf } from './whole.ts';

// More than any window has: what goes on so long goes round in circles.
const MOST_ANSWERS = 10_000;

/**
 * Reads an interval by answers that say how to go on. What an answer completes is handed over at once, so that a
 * provider that fails later is asked again only for the rest.
 */
export async function readOn(reading: Reading): Promise<Outcome> {
  const { feed, deliver } = reading;
  const first = await askPage(reading, asked(reading), 1);
  noteStart(reading, first);
  const cursors = new Set<string>();
  let listing = createListing();
  let page: Page = first;
  let { from } = askedOf(reading, first);
  for (let number = 1; ; number += 1) {
    listing.add(page);
    const { next = null, coveredTo } = page;
    const whole = pieceOf(reading, first, listing.done());
    // What was handed over already is held by that.
    const piece = {
      ...whole,
      interval: whole.interval && intersect(whole.interval, { ...whole.interval, from }),
    };
    if (next === null) return { is: 'whole', interval: askedOf(reading, first), piece, isRound: false };
    if (coveredTo !== undefined && coveredTo > from && coveredTo < first.interval.to) {
      const interval = piece.interval && intersect(piece.interval, { from, to: coveredTo });
      await deliver({ ...piece, interval });
      from = coveredTo;
      listing = createListing();
    }
    if (cursors.has(next) || number >= MOST_ANSWERS) {
      return {
        is: 'too much',
        interval: { from, to: first.interval.to },
        reason: 'TOO_MANY_ROWS',
        message: `${feed.account.id}: expected answers that come to an end, got one cursor twice`,
        cut: false,
        rest: piece,
      };
    }
    cursors.add(next);
    page = await askPage(reading, () => first.interval, number + 1, next);
  }
}
