import type { FeedKey } from '../archive/archive.ts';
import type { ClockReading } from '../records/clock-reading.ts';
import { type ReadPart, statesOf } from '../records/coverage.ts';
import { type Interval, intersect, lengthOf } from '../records/interval.ts';
import { type Window, windowsOf } from '../records/window.ts';
import { createCallMeter } from '../upstream/call-meter.ts';
import type { Payer } from './call-budget.ts';
import { oldestConfirmable } from './doubting.ts';
import { type Feed, feedClock } from './feed.ts';
import type { Filler } from './filler.ts';

export interface AuditOptions {
  /** How much of the last day's calls may be spent on it, from 0 to 1. */
  readonly share: number;
  /** How long after its end an interval is read again, in milliseconds: it is final after the last. */
  readonly revisits: readonly number[];
  readonly filler: Pick<Filler, 'fill'>;
  /** The feed's ledger as it was read, within a range. */
  readonly ledger: (feed: FeedKey, range: Interval) => Promise<readonly ReadPart[]>;
  /** The wall clock. */
  readonly now: () => number;
  /** The filler's. @default performance.now */
  readonly monotonic?: () => number;
  /** From 0 to less than 1. @default Math.random */
  readonly random?: () => number;
}

/** Reads final intervals again at random, so that what a provider revises after the last look is found. */
export interface Auditor {
  /** Begins to read a window of the feed again where the budget allows; at once, whatever becomes of it. */
  look(feed: Feed): Promise<void>;
}

const HOUR_MS = 3_600_000;
const SINCE_EVER = 0;

/**
 * An auditor that spends at most its share of each account's calls of the last 24 hours, calls nothing within an hour after
 * a refusal or while an account is paused, and has one window under a pace key under way at a time.
 */
export function createAuditor(options: AuditOptions): Auditor {
  const { share, revisits, filler, ledger, now, monotonic = () => performance.now(), random } = options;
  const spent = createCallMeter(monotonic);
  const underWay = new Set<string>();
  // Feeds under one pace key share its calls, and what may be spent of them.
  const nameOf = ({ account, pace }: Feed) => `${account.id} ${pace.key}`;

  function mayLook(feed: Feed): boolean {
    const { upstream } = feed;
    if (upstream === undefined || upstream.paused() !== null || upstream.outage() !== null) return false;
    const { calls, refusedAgoMs } = upstream.callsOfDay();
    if (refusedAgoMs !== null && refusedAgoMs < HOUR_MS) return false;
    return spent.lastDay(nameOf(feed)).calls + 1 <= share * calls;
  }

  function payerOf(feed: Feed): Payer {
    return {
      begin: () => (mayLook(feed) ? { called: () => spent.called(nameOf(feed)), end: () => {} } : null),
      refusal: () => ({ message: 'the calls of the audit are spent', retryInMs: null }),
    };
  }

  return {
    async look(feed) {
      const name = nameOf(feed);
      if (underWay.has(name) || !mayLook(feed)) return;
      underWay.add(name);
      try {
        const knownAt = monotonic();
        const clock = feedClock(feed, now());
        const from = Math.max(SINCE_EVER, oldestConfirmable(feed.limits, clock.providerLatest));
        const window = auditedWindow({
          feed,
          finalAfter: Math.max(feed.limits.settlementLag, ...revisits),
          ledger: await ledger(
            { account: feed.account.id, kind: feed.kind },
            { from, to: clock.providerNow },
          ),
          clock,
          random,
        });
        if (window === null) return;
        const isWanted = async () => mayLook(feed);
        const asked = { knownAt, isWanted, payer: payerOf(feed), isAudit: true };
        await Promise.all(filler.fill(feed, [window], asked).map(({ done }) => done));
      } finally {
        underWay.delete(name);
      }
    },
  };
}

export interface AuditedInput {
  readonly feed: Pick<Feed, 'limits'>;
  /** How long after an instant a read of it is final. */
  readonly finalAfter: number;
  /** As it was read, uncut. */
  readonly ledger: readonly ReadPart[];
  readonly clock: ClockReading;
  readonly random?: () => number;
}

/**
 * A window with something final in it that a read can still say something of, each instant as likely as any other; null
 * where nothing is final.
 */
export function auditedWindow(input: AuditedInput): Window | null {
  const { feed, finalAfter, ledger, clock, random = Math.random } = input;
  const { settlementLag, grid } = feed.limits;
  const reach = { from: oldestConfirmable(feed.limits, clock.providerLatest), to: clock.providerNow };
  const finals = ledger
    .flatMap((part) => statesOf(part, { settlementLag, finalAfter }))
    .filter(({ state, quarantined }) => state === 'final' && quarantined === 0)
    .flatMap((part) => intersect(part, reach) ?? []);
  let left = Math.floor(random() * lengthOf(finals));
  for (const { from, to } of finals) {
    if (left < to - from) return windowsOf({ from: from + left, to: from + left + 1 }, grid)[0] ?? null;
    left -= to - from;
  }
  return null;
}
