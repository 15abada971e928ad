import { setTimeout as wait } from 'node:timers/promises';
import { copyingPostgres } from '../../src/archive/postgres/copy.ts';
import { verifyArchive } from '../../src/archive/verify.ts';
import { drawFrom } from '../../src/providers/seeded.ts';
import { aheadOf, differences, readHeld } from './check.ts';
import { drawMishap } from './faults.ts';
import type { Footprint } from './gateway.ts';
import { ask, type Tally } from './queries.ts';
import { BRIEF_MINUTES, LAG_MS, openWorld, type World } from './world.ts';

export interface SoakOptions {
  readonly minutes: number;
  readonly seed: number;
  /** For logs and configurations. */
  readonly folder: string;
  /** Node's arguments that run the command line. */
  readonly program: readonly string[];
  readonly say?: (line: string) => void;
  /** Ends it before its time; what it started is ended all the same. */
  readonly signal?: AbortSignal;
}

export interface SoakResult {
  /** Everything that was not as promised; empty where all was. */
  readonly wrong: readonly string[];
  readonly mishaps: Readonly<Record<string, number>>;
  readonly rows: number;
  readonly tally: Tally;
  /** From the end of the last mishap to a database that is the truth; null where it never was. */
  readonly settledAfterMs: number | null;
  readonly first: Footprint | null;
  readonly last: Footprint | null;
  /** Calls that the strict providers found to be too soon. */
  readonly refused: number;
  readonly calls: number;
}

const MOST_SHOWN = 20;
// What is still to be filled takes its time; that nothing is filled any longer is wrong.
const STILL_MS = 120_000;
const SETTLE_MS = 900_000;
const LOOK_MS = 20_000;
/** What a process may have in use at the end more than at the beginning, when all was in use once. */
const HEAP_SHARE = 1.3;
const HEAP_MB = 12;
const HANDLES = 12;
const LISTENERS = 10;

/** Lets things go wrong for a while, then compares what is kept with the truth. Ends by itself. */
export async function soak(options: SoakOptions): Promise<SoakResult> {
  const { minutes, seed, say = () => {}, signal } = options;
  const world = await openWorld(options);
  const { wrong } = world;
  const draw = drawFrom(seed);
  const over = new AbortController();
  const tally: Tally = { answers: 0, complete: 0, refused: 0 };
  const mishaps: Record<string, number> = {};
  const taken = new Set<string>();
  const until = performance.now() + minutes * 60_000;
  const note = (found: readonly string[]) => {
    wrong.push(...found.slice(0, MOST_SHOWN));
    for (const each of found.slice(0, MOST_SHOWN)) say(`WRONG ${each}`);
  };

  async function query(index: number): Promise<void> {
    const own = drawFrom(seed, index + 1);
    for (const gateway = world.gateways[index]!; !over.signal.aborted; ) {
      const since = world.since - 3_600_000;
      note(await ask(gateway, own.pick(world.feeds), own, { now: Date.now(), since, lagMs: LAG_MS, tally }));
      await wait(200 + own.integer(1_500));
    }
  }

  async function look(): Promise<void> {
    while (!over.signal.aborted) {
      await wait(LOOK_MS, undefined, { signal: over.signal }).catch(() => {});
      for (const feed of world.feeds) {
        // The database may be away just now.
        const held = await readHeld(world.databaseUrl, feed, LAG_MS).catch(() => null);
        if (held !== null) note(aheadOf(feed, held, LAG_MS).map((each) => `the ledger is ahead: ${each}`));
      }
    }
  }

  try {
    const running = [...world.gateways.keys()].map(query);
    running.push(look());
    let first: Footprint | null = null;
    const happening = new Set<Promise<void>>();
    while (performance.now() < until && signal?.aborted !== true) {
      const mishap = drawMishap(draw);
      const what = mishap.takes(world, draw);
      if (what !== null && !taken.has(what)) {
        taken.add(what);
        mishaps[mishap.name] = (mishaps[mishap.name] ?? 0) + 1;
        say(`${mishap.name}: ${what}`);
        const each = mishap
          .happen(world, draw, what)
          .catch((error: unknown) => note([`${mishap.name}: ${String(error)}`]))
          .finally(() => {
            taken.delete(what);
            happening.delete(each);
          });
        happening.add(each);
      }
      await wait(draw.integer(world.shortly(4_000)));
      if (first === null && performance.now() > until - minutes * 60_000 * 0.8)
        first = await footprint(world, taken);
    }
    await Promise.all(happening);
    signal?.throwIfAborted();
    say('nothing goes wrong any longer');
    const settledAfterMs = await settle(world, { say, note, signal, isBrief: minutes < BRIEF_MINUTES });
    over.abort();
    await Promise.all(running);
    note(await unproven(world));
    const last = await footprint(world, taken);
    note(grown(first, last));
    const sandboxes = Object.values(world.sandboxes);
    return {
      wrong,
      mishaps,
      rows: await countRows(world),
      tally,
      settledAfterMs,
      first,
      last,
      refused: sandboxes.reduce((sum, each) => sum + each.tooSoon(), 0),
      calls: sandboxes.reduce((sum, each) => sum + each.calls.length, 0),
    };
  } finally {
    over.abort();
    await world.close();
  }
}

/** What the first gateway has in use, where it can answer. */
async function footprint(world: World, taken: ReadonlySet<string>): Promise<Footprint | null> {
  const gateway = world.gateways[0]!;
  return taken.has(gateway.name) ? null : gateway.footprint();
}

function grown(first: Footprint | null, last: Footprint | null): string[] {
  if (first === null || last === null) return [];
  const wrong: string[] = [];
  if (last.heapMb > first.heapMb * HEAP_SHARE + HEAP_MB)
    wrong.push(`the heap grew from ${first.heapMb.toFixed(1)} to ${last.heapMb.toFixed(1)} MB`);
  if (last.handles > first.handles + HANDLES)
    wrong.push(`handles grew from ${first.handles} to ${last.handles}`);
  if (last.listeners > LISTENERS) wrong.push(`${last.listeners} listeners wait on one signal`);
  return wrong;
}

/** Waits until the archive is the truth of everything up to now. */
async function settle(
  world: World,
  {
    say,
    note,
    signal,
    isBrief,
  }: {
    readonly say: (line: string) => void;
    readonly note: (found: readonly string[]) => void;
    readonly signal: AbortSignal | undefined;
    readonly isBrief: boolean;
  },
): Promise<number | null> {
  const startedAt = performance.now();
  // What is younger is not held yet, and takes its time.
  const range = { from: world.since, to: Date.now() - (isBrief ? LAG_MS : 0) };
  let fewest = Number.POSITIVE_INFINITY;
  let movedAt = startedAt;
  for (;;) {
    signal?.throwIfAborted();
    const found: string[] = [];
    for (const feed of world.feeds)
      found.push(...differences(feed, await readHeld(world.databaseUrl, feed, LAG_MS), range));
    const took = performance.now() - startedAt;
    if (found.length === 0) return took;
    if (found.length < fewest) movedAt = performance.now();
    fewest = Math.min(fewest, found.length);
    if (took > SETTLE_MS || performance.now() - movedAt > STILL_MS) {
      note(found);
      return null;
    }
    say(`${found.length} rows differ still, e.g. ${found[0]}`);
    await wait(2_000);
  }
}

/** What `countroom verify` finds to differ. */
async function unproven({ databaseUrl }: World): Promise<readonly string[]> {
  const source = await copyingPostgres(databaseUrl).openSource();
  try {
    const { differences } = await verifyArchive(source, { signal: new AbortController().signal });
    return differences;
  } finally {
    await source.close();
  }
}

async function countRows(world: World): Promise<number> {
  const counts = await world.postgres.run(
    'SELECT ((SELECT count(*) FROM bets) + (SELECT count(*) FROM transfers) + (SELECT count(*) FROM failures))::float8 AS n',
    world.databaseUrl,
  );
  return counts.rows[0].n;
}
