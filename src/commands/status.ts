import { setTimeout } from 'node:timers/promises';
import { z } from 'zod';
import type { Config } from '../config/config.ts';
import { UnavailableError } from '../errors.ts';
import type { FeedCoverage } from '../records/coverage.ts';
import { parseDuration, spellDuration } from '../records/duration.ts';
import { lengthOf } from '../records/interval.ts';
import { recordKinds } from '../records/record.ts';
import { missingOf, readCoverage } from './feed-coverage.ts';
import { type Gateway, openGateway } from './gateway.ts';
import { columnsOf, type Io } from './io.ts';
import { mayBeRunning } from './running.ts';
import { printTable } from './table.ts';

export interface StatusAsk {
  readonly config: Config;
  readonly json: boolean;
  /** Whether to look again every few seconds until the command is stopped. */
  readonly watch: boolean;
  readonly io: Io;
  /** The wall clock. @default Date.now */
  readonly now?: () => number;
}

const LOOK_AGAIN_MS = 5_000;
const DAY_MS = 86_400_000;
/** How far back is looked where neither `sync.since` nor the provider sets an end. */
const USUAL_REACH_MS = 40 * DAY_MS;

/**
 * Prints what a running gateway does, feed by feed; asks no provider. Several gateways at one PostgreSQL share what is
 * archived, of which this tells; what one of them is doing tells its own `/metrics`. Rejects with an UnavailableError where
 * no gateway holds the archive's file.
 */
export async function status({ config, json, watch, io, now = Date.now }: StatusAsk): Promise<number> {
  if (!(await mayBeRunning(config))) {
    throw new UnavailableError(`no gateway runs on ${config.archive.url}: start one with countroom serve`);
  }
  const gateway = await openGateway(config, io);
  try {
    do {
      const feeds = await readStatus(gateway, config, now());
      io.stdout.write(json ? `${JSON.stringify(feeds, null, 2)}\n` : textOf(feeds, io, now()));
    } while (watch && (await rested(io.signal)));
    return 0;
  } finally {
    await gateway.close();
  }
}

/** False once the command is asked to stop. */
async function rested(signal: AbortSignal): Promise<boolean> {
  await setTimeout(LOOK_AGAIN_MS, undefined, { signal }).catch(() => {});
  return !signal.aborted;
}

const instant = z.iso.datetime().nullable();
const feed = z.object({
  kind: z.enum(recordKinds),
  paused: z.boolean(),
  limits: z.object({ retention: z.string().nullable() }),
  pace: z.object({ calls: z.int(), refused: z.int(), allowedPerMinute: z.int().nullable() }),
  health: z.object({
    state: z.string(),
    message: z.string().nullable(),
    retryAt: instant,
    lastSuccessAt: instant,
    queued: z.int(),
    reading: z.int(),
  }),
});
const answer = z.object({ accounts: z.array(z.object({ id: z.string(), feeds: z.array(feed) })) });
const query = `{ accounts { id feeds {
  kind paused limits { retention } pace { calls refused allowedPerMinute }
  health { state message retryAt lastSuccessAt queued reading }
} } }`;

/** One feed as it is now; lengths of time in milliseconds. */
export interface FeedStatus {
  readonly account: string;
  readonly kind: string;
  readonly state: string;
  /** How long ago the newest instant is that is held; null where nothing is. */
  readonly lagMs: number | null;
  /** What asking may still bring, from `sync.since` (or as far as the provider keeps rows) until now. */
  readonly missingMs: number;
  /** Until the provider drops the oldest of it; null where nothing is missing, or it drops nothing. */
  readonly lostInMs: number | null;
  readonly pace: {
    readonly calls: number;
    readonly refused: number;
    readonly allowedPerMinute: number | null;
  };
  readonly queued: number;
  readonly reading: number;
  readonly message: string | null;
  readonly retryAt: string | null;
  readonly lastSuccessAt: string | null;
}

async function readStatus(gateway: Gateway, config: Config, now: number): Promise<readonly FeedStatus[]> {
  const { accounts } = await gateway.graphql(query, {}, answer);
  const feeds = accounts.flatMap(({ id, feeds: own }) => own.map((each) => ({ account: id, ...each })));
  const reaches = feeds.map(({ limits }) => retentionOf(limits) ?? USUAL_REACH_MS);
  const from = config.sync.since ?? now - Math.max(USUAL_REACH_MS, ...reaches);
  const covered = await readCoverage(gateway, { from, to: now }, undefined);
  return feeds.map(({ account, kind, paused, limits, pace, health }) => {
    const own = covered.find((each) => each.account === account && each.kind === kind);
    const state = paused ? 'PAUSED' : health.state;
    return { account, kind, ...health, ...shortOf(own, retentionOf(limits), now), pace, state };
  });
}

function retentionOf({ retention }: { readonly retention: string | null }): number | null {
  return retention === null ? null : parseDuration(retention);
}

/** How much a feed lacks. */
function shortOf(
  own: FeedCoverage | undefined,
  retention: number | null,
  now: number,
): Pick<FeedStatus, 'lagMs' | 'missingMs' | 'lostInMs'> {
  const gaps = missingOf(own?.coverage.gaps ?? []);
  const ends = (own?.held ?? []).map(({ to }) => to);
  const oldest = gaps.length === 0 ? null : Math.min(...gaps.map((gap) => gap.from));
  return {
    lagMs: ends.length === 0 ? null : Math.max(0, now - Math.max(...ends)),
    missingMs: lengthOf(gaps),
    lostInMs: oldest === null || retention === null ? null : Math.max(0, oldest + retention - now),
  };
}

function textOf(feeds: readonly FeedStatus[], io: Io, now: number): string {
  const head = ['feed', 'state', 'lag', 'missing', 'lost in', 'calls/min', 'queued'];
  const rows = feeds.map((each) => [
    `${each.account} ${each.kind}`,
    each.state,
    each.lagMs === null ? 'nothing held' : spellDuration(each.lagMs),
    each.missingMs === 0 ? '–' : spellDuration(each.missingMs),
    each.lostInMs === null ? '–' : spellDuration(each.lostInMs),
    `${each.pace.calls}/${each.pace.allowedPerMinute ?? '∞'}${each.pace.refused === 0 ? '' : ` (${each.pace.refused} refused)`}`,
    `${each.queued + each.reading}`,
  ]);
  const notes = feeds.flatMap(({ account, kind, message, retryAt }) => {
    if (message === null) return [];
    const again = retryAt === null ? '' : `; asked again at ${retryAt}`;
    return [`${account} ${kind}: ${message}${again}\n`];
  });
  return `${new Date(now).toISOString()}\n${printTable(head, rows, columnsOf(io))}${notes.join('')}`;
}
