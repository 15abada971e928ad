import { UpstreamError } from '../../errors.ts';
import type { Page } from '../../providers/provider.ts';
import { asked, askedOf, askPage, type LeftPage, noteStart } from './asking.ts';
import { createListing, type Listing } from './listing.ts';
import type { Outcome, Reading } from './piece.ts';
import { isRound, pieceOf } from './whole.ts';

const PASSES = 3;
// Where the provider says no total, only this ends pages that bring new rows for ever.
const MOST_PAGES = 1_000;

/** One pass over the pages of an interval. */
interface Pass {
  readonly listing: Listing;
  readonly first: LeftPage;
  readonly last: Page;
  /** The pages that brought new rows. */
  readonly pages: readonly { readonly names: ReadonlySet<string>; readonly count: number }[];
  /** The most rows of one page. */
  readonly pageSize: number;
  /** Totals as the first and the last page said them; null where they cannot be relied on. */
  readonly totals: readonly [number, number] | null;
  /** The error of a page after the first that was refused. */
  readonly refused: UpstreamError | null;
}

/** Reads an interval by numbered pages, in passes until one stands; after three of them less is to be asked for. */
export async function readPages(reading: Reading): Promise<Outcome> {
  const { feed } = reading;
  let last: Pass | null = null;
  for (let passes = 0; passes < PASSES; passes += 1) {
    const pass = await readPass(reading, last?.first ?? null);
    const piece = pieceOf(reading, pass.first, pass.listing);
    if (pass.refused === null && (await stands(reading, pass, last))) {
      const mayBeCut = pass.totals === null && isRound(pass.listing.count, feed.limits);
      return { is: 'whole', interval: askedOf(reading, pass.first), piece, isRound: mayBeCut };
    }
    last = pass;
    if (pass.refused !== null) break;
  }
  if (last === null) throw new Error(`${feed.account.id}: no pass was made`);
  return {
    is: 'too much',
    interval: askedOf(reading, last.first),
    reason: 'TOO_MANY_ROWS',
    message: last.refused?.message ?? contradiction(feed.account.id, last),
    cut: last.refused !== null,
    rest: pieceOf(reading, last.first, last.listing),
  };
}

/** All pages of one interval: that of `before`, or the one its first page was asked with. */
async function readPass(reading: Reading, before: Page | null): Promise<Pass> {
  const { learnt } = reading;
  const listing = createListing();
  const pages: { readonly names: ReadonlySet<string>; readonly count: number }[] = [];
  let pageSize = 0;
  let refused: UpstreamError | null = null;
  const first = await askPage(reading, before === null ? asked(reading) : () => before.interval, 1);
  noteStart(reading, first);
  let page: Page = first;
  for (let number = 1; ; number += 1) {
    learnt.noteTotal(page.total, page.count);
    pageSize = Math.max(pageSize, page.count);
    const brought = listing.add(page);
    if (brought > 0) pages.push({ names: namesOf(page), count: page.count });
    const total = learnt.countsAll ? page.total : null;
    if (isOver({ page, number, brought, total, pageSize, found: listing.found() })) break;
    try {
      page = await askPage(reading, () => first.interval, number + 1);
    } catch (error) {
      if (!isRefusal(error)) throw error;
      refused = error;
      break;
    }
  }
  return {
    listing: listing.done(),
    first,
    last: page,
    pages,
    pageSize,
    totals: totalsOf(learnt.countsAll, first, page),
    refused,
  };
}

function totalsOf(areTrusted: boolean, first: Page, last: Page): Pass['totals'] {
  return areTrusted && first.total !== null && last.total !== null ? [first.total, last.total] : null;
}

interface Progress {
  readonly page: Page;
  readonly number: number;
  readonly brought: number;
  readonly total: number | null;
  readonly pageSize: number;
  readonly found: number;
}

/** Whether a pass has come to its end: at the total where one is known, else at a page that brings nothing new. */
function isOver({ page, number, brought, total, pageSize, found }: Progress): boolean {
  if (total === null) return brought === 0 || number >= MOST_PAGES;
  if (found >= total) return true;
  // An empty page is no end where the total says so, until there have been as many pages as it makes.
  if (page.count === 0) return number >= Math.ceil(total / (pageSize || page.pageSize || total));
  return brought === 0;
}

async function stands(reading: Reading, pass: Pass, before: Pass | null): Promise<boolean> {
  const { listing, totals } = pass;
  const isSame = before !== null && areSame(listing.names, before.listing.names);
  if (listing.disagrees && !isSame) return false;
  if (totals === null) {
    if (pass.pages.length >= MOST_PAGES) return false;
    if (saysMore(pass)) return isSame && pass.last.total === listing.count;
    return isSame || saysSo(pass) || isSeenAgain(reading, pass);
  }
  if (totals.every((total) => total === listing.found)) return true;
  // Rows that are listed twice may be counted twice: two passes that say the same are believed.
  return isSame && totals.every((total) => total === listing.count);
}

/** Whether an empty page counts more rows than were listed: there are some that it should have had. */
function saysMore({ listing: { found }, last }: Pass): boolean {
  return last.count === 0 && last.total !== null && last.total > found;
}

/** Whether an empty page after the rows counts them all: such a total is no count of its page. */
function saysSo({ listing: { found }, first, last }: Pass): boolean {
  return last.count === 0 && found > 0 && first.total === found && last.total === found;
}

/**
 * A second pass over the pages that a row can have been pushed off while the next one was asked: all but the last.
 * The empty page after it is asked again where a full page came before and its own count does not say that it is empty.
 */
async function isSeenAgain(reading: Reading, { first, last, pages, pageSize }: Pass): Promise<boolean> {
  const interval = () => first.interval;
  for (let number = 1; number <= Math.max(Math.min(1, pages.length), pages.length - 1); number += 1) {
    const page = await askPage(reading, interval, number);
    if (!areSame(namesOf(page), pages[number - 1]?.names ?? new Set())) return false;
  }
  const lastSize = pages.at(-1)?.count ?? 0;
  if (pages.length > 0 && (lastSize < pageSize || last.total === 0)) return true;
  const end = await askPage(reading, interval, pages.length + 1);
  const known = new Set(pages.flatMap(({ names }) => [...names]));
  return [...namesOf(end)].every((name) => known.has(name));
}

function namesOf(page: Page): ReadonlySet<string> {
  const listing = createListing();
  listing.add(page);
  return listing.done().names;
}

function areSame(one: ReadonlySet<string>, other: ReadonlySet<string>): boolean {
  return one.size === other.size && [...one].every((name) => other.has(name));
}

/** Whether the provider will not give this page, which is not the first: it counts pages only so far. */
function isRefusal(error: unknown): error is UpstreamError {
  if (!(error instanceof UpstreamError) || error.upstreamCode === 'UNEXPECTED_SHAPE') return false;
  return error.action === 'refuseInput' || error.action === 'giveUp';
}

function contradiction(account: string, { listing, totals, pages }: Pass): string {
  if (pages.length >= MOST_PAGES)
    return `${account}: expected pages to end, got ${pages.length} with new rows`;
  if (listing.disagrees)
    return `${account}: expected one row a key and version, got different ones on two pages`;
  const said = totals === null ? 'those of the pass before' : `${totals[1]} rows as the provider counts`;
  return `${account}: expected ${said}, got ${listing.found} distinct`;
}
