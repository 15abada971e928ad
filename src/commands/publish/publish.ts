import { createHash } from 'node:crypto';
import type { Config } from '../../config/config.ts';
import { BadUserInputError, UsageError } from '../../errors.ts';
import { checkTimeOfDay } from '../../graph/selection/checks.ts';
import type { Interval } from '../../records/interval.ts';
import { createPeriodGrid, periodOf } from '../../records/period.ts';
import { rangeInput } from '../feed-coverage.ts';
import { type Gateway, openGateway } from '../gateway.ts';
import type { Io } from '../io.ts';
import {
  dayManifest,
  MANIFEST,
  type Part,
  type Published,
  type PublishedFile,
  pathOf,
  readPublished,
} from './manifest.ts';
import { openTarget, type Target } from './target.ts';

const DAY_MS = 86_400_000;
// As far back as providers keep rows: what is older is looked at again where it was published before.
const DEFAULT_DAYS = 40;
const DAYS_A_MANIFEST = 366;
// Rows may change while their file is written: it is looked at again until it is what the manifest says.
const MOST_ROUNDS = 4;

export interface PublishAsk {
  readonly config: Config;
  /** A folder, or `s3://bucket/prefix`. */
  readonly to: string;
  /** What a file holds; days are all there is. */
  readonly every: string;
  /** Null for the last 40 days, and whatever was published before. */
  readonly from: number | null;
  /** Null up to the end of the last day that is over. */
  readonly until: number | null;
  readonly account: string | undefined;
  readonly timeZone: string;
  readonly dayStartsAt: string;
  /** Writes every file again, whatever the manifest says. */
  readonly force: boolean;
  readonly json: boolean;
  readonly io: Io;
  readonly clock?: () => number;
}

/**
 * Writes rows as Parquet files by account and day, those alone that are new or whose rows are others than when they were
 * written, and then the manifest. 1 where rows went on changing while their files were written.
 */
export async function publish(ask: PublishAsk): Promise<number> {
  const { config, io, json, clock = Date.now } = ask;
  if (ask.every !== 'day') throw new UsageError(`--every: expected day, got ${ask.every}`);
  const target = await openTarget(ask.to, io);
  const before = await readBefore(target, ask);
  const range = rangeOf(ask, before, clock());
  const gateway = await openGateway(config, io);
  const files = new Map((before?.files ?? []).map((file) => [file.path, file]));
  const written = new Set<string>();
  let unsettled: readonly Part[] = [];
  try {
    for (let round = 0; round < MOST_ROUNDS; round += 1) {
      const parts = await readParts(gateway, range, ask);
      unsettled = await dueOf(parts, files, target, ask.force && round === 0);
      for (const part of unsettled) {
        const path = pathOf(part);
        files.set(path, await writeFile(gateway, target, part));
        written.add(path);
      }
      for (const part of parts) keepFinality(files, part);
      if (unsettled.length === 0) break;
    }
  } catch (error) {
    // What was written stands, whatever came after, and the manifest says so where it can still be written.
    if (written.size > 0 && !io.signal.aborted)
      await target.write(MANIFEST, manifestOf(files, ask, clock())).catch(() => {});
    throw error;
  } finally {
    await gateway.close();
  }
  await target.write(MANIFEST, manifestOf(files, ask, clock()));
  report(io, json, { target: target.name, range, files, written, unsettled });
  return unsettled.length === 0 ? 0 : 1;
}

async function readBefore(target: Target, { timeZone, dayStartsAt }: PublishAsk): Promise<Published | null> {
  const bytes = await target.read(MANIFEST);
  if (bytes === null) return null;
  const before = readPublished(bytes, target.name);
  if (before.timeZone === timeZone && before.dayStartsAt === dayStartsAt) return before;
  throw new UsageError(
    `--time-zone, --day-starts-at: ${target.name} has days of ${before.timeZone} from ${before.dayStartsAt}; publish others elsewhere`,
  );
}

/** From the start of a day to the end of one. */
function rangeOf(
  { from, until, timeZone, dayStartsAt }: PublishAsk,
  before: Published | null,
  now: number,
): Interval {
  const startOf = (at: number) => startOfDay(at, timeZone, dayStartsAt);
  const oldest = (before?.files ?? []).map((file) => Date.parse(file.from));
  const start = from ?? Math.min(now - DEFAULT_DAYS * DAY_MS, ...oldest);
  const end = until ?? startOf(now);
  const whole = { from: startOf(start), to: end };
  if (whole.from < whole.to) return whole;
  throw new UsageError('--from: expected a day that is over, or --to after it');
}

/** The start of the business day that an instant lies in. Throws a UsageError for a zone or time that is none. */
export function startOfDay(at: number, timeZone: string, dayStartsAt: string): number {
  try {
    const starts = checkTimeOfDay('dayStartsAt', dayStartsAt);
    return periodOf(createPeriodGrid('DAY', timeZone, { from: at, to: at + 1 }, starts), at).from;
  } catch (error) {
    if (!(error instanceof BadUserInputError)) throw error;
    throw new UsageError(
      `--time-zone, --day-starts-at: expected a zone such as Asia/Manila and a time such as 06:00, got ${timeZone} and ${dayStartsAt}`,
    );
  }
}

async function readParts(
  gateway: Gateway,
  range: Interval,
  { account, timeZone, dayStartsAt }: PublishAsk,
): Promise<readonly Part[]> {
  const parts: Part[] = [];
  for (let from = range.from; from < range.to; ) {
    const far = startOfDay(from + DAYS_A_MANIFEST * DAY_MS, timeZone, dayStartsAt);
    const to = Math.min(range.to, far);
    const asked = {
      ...rangeInput({ from, to }),
      timeZone,
      dayStartsAt,
      ...(account && { accounts: account }),
    };
    const response = await gateway.get(`/export/manifest.json?${new URLSearchParams(asked)}`);
    const { days } = dayManifest.parse(await response.json());
    for (const { parts: found, ...day } of days) parts.push(...found.map((each) => ({ ...each, ...day })));
    from = to;
  }
  return parts;
}

/** The parts whose file is not there, or holds other rows. */
async function dueOf(
  parts: readonly Part[],
  files: ReadonlyMap<string, PublishedFile>,
  target: Target,
  force: boolean,
): Promise<readonly Part[]> {
  const due: Part[] = [];
  for (const part of parts) {
    const file = files.get(pathOf(part));
    if (file === undefined) {
      if (part.rows > 0) due.push(part);
      continue;
    }
    const isSame =
      file.checksum === part.checksum &&
      file.rows === part.rows &&
      file.from === part.from &&
      file.to === part.to;
    if (force || !isSame || (await target.size(file.path)) !== file.bytes) due.push(part);
  }
  return due;
}

async function writeFile(gateway: Gateway, target: Target, part: Part): Promise<PublishedFile> {
  const { name, account, from, to } = part;
  const asked = new URLSearchParams({ from, to, accounts: account });
  const response = await gateway.get(`/export/${name}.parquet?${asked}`);
  const bytes = Buffer.from(await response.arrayBuffer());
  const path = pathOf(part);
  await target.write(path, bytes);
  return { ...part, path, bytes: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') };
}

/** What a file holds stays as it was written; whether it may still change is as it is now. */
function keepFinality(files: Map<string, PublishedFile>, part: Part): void {
  const path = pathOf(part);
  const file = files.get(path);
  if (file === undefined) return;
  const { complete, final, finalUntil, gaps } = part;
  files.set(path, { ...file, complete, final, finalUntil, gaps });
}

function manifestOf(
  files: ReadonlyMap<string, PublishedFile>,
  { timeZone, dayStartsAt }: PublishAsk,
  now: number,
): Uint8Array<ArrayBuffer> {
  const sorted = [...files.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
  const manifest: Published = {
    version: 1,
    generatedAt: new Date(now).toISOString(),
    every: 'day',
    timeZone,
    dayStartsAt,
    files: sorted,
  };
  return new TextEncoder().encode(`${JSON.stringify(manifest, null, 1)}\n`);
}

interface Outcome {
  readonly target: string;
  readonly range: Interval;
  readonly files: ReadonlyMap<string, PublishedFile>;
  readonly written: ReadonlySet<string>;
  readonly unsettled: readonly Part[];
}

function report(io: Io, json: boolean, { target, range, files, written, unsettled }: Outcome): void {
  const all = [...files.values()];
  const incomplete = all.filter(({ complete }) => !complete).map(({ path }) => path);
  const changing = unsettled.map(pathOf);
  if (json) {
    const told = {
      target,
      ...rangeInput(range),
      files: all.length,
      written: [...written].sort(),
      incomplete,
    };
    io.stdout.write(`${JSON.stringify({ ...told, changing }, null, 2)}\n`);
    return;
  }
  io.stdout.write(`${target}: ${written.size} of ${all.length} files written, then ${MANIFEST}\n`);
  if (incomplete.length > 0) {
    const more = incomplete.length > 1 ? ` and ${incomplete.length - 1} more` : '';
    io.stderr.write(
      `not complete: ${incomplete[0]}${more}; see countroom coverage, and publish again once they are filled\n`,
    );
  }
  if (changing.length > 0)
    io.stderr.write(`still changing while they were written: ${changing.join(', ')}; publish again\n`);
}
