import type { Config } from '../config/config.ts';
import { type UpstreamAction, UpstreamError } from '../errors.ts';
import type { Feed } from '../feeds/feed.ts';
import type { Interval } from '../records/interval.ts';
import { createLogger } from '../server/logger.ts';
import type { Departure } from '../upstream/call.ts';
import { fixedTurn } from '../upstream/turn.ts';
import { capacityWarning } from './capacity.ts';
import { columnsOf, type Io } from './io.ts';
import { printTable } from './table.ts';

export interface CheckAsk {
  readonly config: Config;
  readonly json: boolean;
  readonly io: Io;
}

/** How one feed answered one question about a minute just past. */
interface Finding {
  readonly account: string;
  readonly kind: string;
  readonly ok: boolean;
  readonly problem: string | null;
  /** What an operator can do about it. */
  readonly remedy: string | null;
}

const PATIENCE_MS = 30_000;
const MINUTE_MS = 60_000;

/** Asks every feed for one minute just past and prints how each answered; gives 1 where any failed. Archives nothing. */
export async function check({ config, json, io }: CheckAsk): Promise<number> {
  const { createApp } = await import('../app.ts');
  const aside = { ...config, archive: { ...config.archive, url: 'duckdb::memory:' } };
  const app = await createApp(aside, { logger: createLogger({ level: 'silent' }) });
  try {
    const findings = await Promise.all(app.feeds.map((feed) => probe(feed, io.signal)));
    io.stdout.write(json ? jsonOf(findings) : tableOf(findings, columnsOf(io)));
    const warning = capacityWarning(config, app.feeds);
    if (warning !== null) io.stderr.write(`${warning}\n`);
    return findings.every(({ ok }) => ok) ? 0 : 1;
  } finally {
    await app.close();
  }
}

/** `mend` is what release 0.1 called `remedy`; it goes with 0.3. */
function jsonOf(findings: readonly Finding[]): string {
  const rows = findings.map((each) => ({ ...each, mend: each.remedy }));
  return `${JSON.stringify(rows, null, 2)}\n`;
}

function tableOf(findings: readonly Finding[], columns: number): string {
  const rows = findings.map(({ account, kind, problem, remedy }) => [
    account,
    kind,
    problem === null ? 'ok' : [problem, remedy].filter((each) => each !== null).join('\n→ '),
  ]);
  return printTable(['account', 'kind', 'state'], rows, columns);
}

async function probe(feed: Feed, stop: AbortSignal): Promise<Finding> {
  const { account, kind, limits, connection } = feed;
  const enough = new AbortController();
  let slowed: UpstreamError | null = null;
  try {
    const page = await connection.readPage(kind, {
      turn: fixedTurn('interactive'),
      limits: { ...limits, maxAttempts: 1 },
      signal: AbortSignal.any([stop, enough.signal, AbortSignal.timeout(PATIENCE_MS)]),
      interval: (departure) => minuteBefore(departure, feed),
      page: 1,
      onDelay({ error }) {
        slowed = error;
        enough.abort();
      },
    });
    const lost = page.quarantined.length;
    const problem =
      lost === 0 ? null : `${lost} of ${page.count} rows cannot be read: ${page.quarantined[0]?.reason}`;
    return finding(feed, problem, problem === null ? null : 'report it: the provider changed its answer');
  } catch (error) {
    stop.throwIfAborted();
    const cause = slowed ?? error;
    if (cause instanceof UpstreamError) return finding(feed, cause.message, remedies[cause.action]);
    if (error instanceof Error && error.name === 'TimeoutError') {
      const problem = `${account.id}: expected an answer within ${PATIENCE_MS / 1000} s, got none`;
      return finding(feed, problem, remedies.retry);
    }
    throw error;
  }
}

function minuteBefore({ providerNow }: Departure, { stepMs, limits }: Feed): Interval {
  const to = Math.floor((providerNow - 1_000) / stepMs) * stepMs;
  return { from: to - Math.min(MINUTE_MS, limits.maxWindow ?? MINUTE_MS), to };
}

function finding({ account, kind }: Feed, problem: string | null, remedy: string | null): Finding {
  return { account: account.id, kind, ok: problem === null, problem, remedy };
}

const credentials =
  'check the credentials, the options of the signature, and that the provider lets this machine’s address in';

const remedies: Readonly<Record<UpstreamAction, string>> = {
  retry: 'check baseUrl, and that this machine reaches it',
  reauthenticate: credentials,
  stopAccount: credentials,
  slowDown: 'something else calls under the same agent: stop it, or raise limits.minInterval',
  refuseInput: 'check the account’s options: a field or time is not as the provider wants it',
  split: 'lower limits.grid: even a minute holds too many rows',
  giveUp: 'check that baseUrl is this provider’s API: its answer is not as documented',
};
