import { setTimeout as wait } from 'node:timers/promises';
import { z } from 'zod';
import type { Config } from '../config/config.ts';
import type { Gap } from '../records/coverage.ts';
import type { Interval } from '../records/interval.ts';
import type { RecordKind } from '../records/record.ts';
import { coverageData, coverageFields, rangeInput, readCoverage } from './feed-coverage.ts';
import { type Gateway, openGateway } from './gateway.ts';
import type { Io } from './io.ts';
import { createProgress, type FeedProgress } from './progress.ts';

export interface BackfillAsk {
  readonly config: Config;
  readonly range: Interval;
  readonly account: string | undefined;
  readonly kind: RecordKind | undefined;
  readonly io: Io;
}

interface Target {
  readonly account: string;
  readonly kind: RecordKind;
  readonly windowMs: number;
}

/** Windows asked for at a time: enough to keep the pace, few enough to tell how it goes. */
const WINDOWS_AT_A_TIME = 10;
const HOUR_MS = 3_600_000;
const SHORTEST_WAIT_MS = 200;
const LONGEST_WAIT_MS = 1_000;

/** Gaps that go away by themselves: the range is asked again. */
const passing = new Set(['PENDING', 'RATE_LIMITED']);

/**
 * Fills what a range lacks, all feeds side by side, the oldest first; gives 1 where gaps are left that
 * waiting does not close. Run again after an interruption it goes on where it was: what is held is not asked again.
 */
export async function backfill({ config, range, account, kind, io }: BackfillAsk): Promise<number> {
  const gateway = await openGateway(config, io);
  try {
    const lacking = await readCoverage(gateway, range, account);
    const targets = lacking
      .filter((feed) => kind === undefined || feed.kind === kind)
      .map((feed): Target => ({ ...feed, windowMs: gridOf(config, feed.account, feed.kind) }));
    const progress = createProgress(io.stderr);
    try {
      const gaps = await Promise.all(
        targets.map((target) => {
          const name = `${target.account} ${target.kind}`;
          return fill(gateway, target, range, progress.feed(name, range, target.windowMs), io.signal);
        }),
      );
      progress.stop();
      return report(gaps.flat(), io);
    } finally {
      progress.stop();
    }
  } finally {
    await gateway.close();
  }
}

function gridOf(config: Config, account: string, kind: RecordKind): number {
  return config.accounts.find(({ id }) => id === account)?.limits[kind]?.grid ?? HOUR_MS;
}

async function fill(
  gateway: Gateway,
  target: Target,
  range: Interval,
  progress: FeedProgress,
  signal: AbortSignal,
): Promise<readonly Gap[]> {
  const left: Gap[] = [];
  const stepMs = WINDOWS_AT_A_TIME * target.windowMs;
  let rows = 0;
  for (let from = range.from; from < range.to; ) {
    const part = { from, to: Math.min(Math.ceil((from + 1) / stepMs) * stepMs, range.to) };
    // Asked one part ahead, so that the pace has work while the answer is looked at.
    const ahead = await ask(gateway, target, { from, to: Math.min(part.to + stepMs, range.to) });
    const gaps = ahead.filter((gap) => gap.from < part.to);
    signal.throwIfAborted();
    const waiting = gaps.filter(({ reason }) => passing.has(reason));
    if (waiting.length > 0) {
      progress.reached(Math.min(...waiting.map((gap) => gap.from)), rows);
      await wait(untilRetry(waiting), undefined, { signal });
      continue;
    }
    rows += await count(gateway, target, part);
    progress.reached(part.to, rows);
    left.push(...gaps.filter(({ reason }) => reason !== 'IN_FUTURE'));
    if (gaps.some(({ reason }) => reason === 'CREDENTIALS_REFUSED')) break;
    from = part.to;
  }
  progress.done();
  return left;
}

/** A range that ends now is asked again when its last window may be; milliseconds. */
function untilRetry(gaps: readonly Gap[]): number {
  const left = Math.min(...gaps.map(({ retryAt }) => (retryAt ?? Number.POSITIVE_INFINITY) - Date.now()));
  return Math.min(LONGEST_WAIT_MS, Math.max(SHORTEST_WAIT_MS, left));
}

const fields = { BET: 'bets', TRANSFER: 'transfers', SEQ_NO_FAILURE: 'seqNoFailures' } as const;
const inputs = {
  BET: 'BetFilter',
  TRANSFER: 'TransferFilter',
  SEQ_NO_FAILURE: 'SeqNoFailureFilter',
} as const;
const answer = z.object({ rows: z.object({ coverage: coverageData }) });

/** Waits hardly at all: the asking goes on in the background lane, so that nobody who waits for an answer waits for a backfill. */
async function ask(gateway: Gateway, { account, kind }: Target, range: Interval): Promise<readonly Gap[]> {
  const query = `query($filter: ${inputs[kind]}!) {
    rows: ${fields[kind]}(filter: $filter, first: 0, maxWait: "1ms") { coverage { ${coverageFields} } }
  }`;
  const filter = { range: rangeInput(range), accounts: [account] };
  return (await gateway.graphql(query, { filter }, answer)).rows.coverage.gaps;
}

const counted = z.object({ rows: z.object({ totalCount: z.int() }) });

/** How many rows the archive has of a range that was asked for. */
async function count(gateway: Gateway, { account, kind }: Target, range: Interval): Promise<number> {
  const query = `query($filter: ${inputs[kind]}!) { rows: ${fields[kind]}(filter: $filter, first: 0, maxWait: "0s") { totalCount } }`;
  const filter = { range: rangeInput(range), accounts: [account] };
  return (await gateway.graphql(query, { filter }, counted)).rows.totalCount;
}

function report(gaps: readonly Gap[], io: Io): number {
  const lost = gaps.filter(({ reason }) => reason === 'BEYOND_RETENTION');
  for (const { account, kind, from, to, reason, message } of gaps) {
    const span = `${new Date(from).toISOString()} – ${new Date(to).toISOString()}`;
    io.stderr.write(`${account} ${kind} ${span}: ${reason}${message === null ? '' : ` (${message})`}\n`);
  }
  return gaps.length > lost.length ? 1 : 0;
}
