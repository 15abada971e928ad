import type { Config } from '../config/config.ts';
import { type UpstreamAction, UpstreamError } from '../errors.ts';
import type { Feed } from '../feeds/feed.ts';
import type { Interval } from '../records/interval.ts';
import { createLogger } from '../server/logger.ts';
import type { Departure } from '../upstream/call.ts';
import { envelopeWarning } from './envelope.ts';
import type { Io } from './io.ts';
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
  readonly mend: string | null;
}

const PATIENCE_MS = 30_000;
const MINUTE_MS = 60_000;

/** Asks every feed one cheap real question; 1 where any of them is not well. Nothing is archived. */
export async function check({ config, json, io }: CheckAsk): Promise<number> {
  const { createApp } = await import('../app.ts');
  const aside = { ...config, archive: { ...config.archive, url: 'duckdb::memory:' } };
  const app = await createApp(aside, { logger: createLogger({ level: 'silent' }) });
  try {
    const findings = await Promise.all(app.feeds.map((feed) => probe(feed, io.signal)));
    io.stdout.write(json ? `${JSON.stringify(findings, null, 2)}\n` : tableOf(findings));
    const warning = envelopeWarning(config, app.feeds);
    if (warning !== null) io.stderr.write(`${warning}\n`);
    return findings.every(({ ok }) => ok) ? 0 : 1;
  } finally {
    await app.close();
  }
}

function tableOf(findings: readonly Finding[]): string {
  const rows = findings.map(({ account, kind, problem, mend }) => [
    account,
    kind,
    problem === null ? 'ok' : [problem, mend].filter((each) => each !== null).join('\n→ '),
  ]);
  return printTable(['account', 'kind', 'state'], rows);
}

async function probe(feed: Feed, stop: AbortSignal): Promise<Finding> {
  const { account, kind, limits, connection } = feed;
  const enough = new AbortController();
  let slowed: UpstreamError | null = null;
  try {
    const page = await connection.readPage(kind, {
      turn: { lane: 'interactive', order: 0, served: () => {} },
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
    if (cause instanceof UpstreamError) return finding(feed, cause.message, mends[cause.action]);
    if (error instanceof Error && error.name === 'TimeoutError') {
      const problem = `${account.id}: expected an answer within ${PATIENCE_MS / 1000} s, got none`;
      return finding(feed, problem, mends.retry);
    }
    throw error;
  }
}

function minuteBefore({ now, providerNow }: Departure, { stepMs, limits }: Feed): Interval {
  const to = Math.floor((Math.min(now, providerNow) - 1_000) / stepMs) * stepMs;
  return { from: to - Math.min(MINUTE_MS, limits.maxWindow ?? MINUTE_MS), to };
}

function finding({ account, kind }: Feed, problem: string | null, mend: string | null): Finding {
  return { account: account.id, kind, ok: problem === null, problem, mend };
}

const credentials =
  'check the credentials, the options of the signature, and that the provider lets this machine’s address in';

const mends: Readonly<Record<UpstreamAction, string>> = {
  retry: 'check baseUrl, and that this machine reaches it',
  reauthenticate: credentials,
  stopAccount: credentials,
  slowDown: 'something else calls under the same agent: stop it, or raise limits.minInterval',
  refuseInput: 'check the account’s options: a field or time is not as the provider wants it',
  split: 'lower limits.grid: even a minute holds too many rows',
  giveUp: 'check that baseUrl is this provider’s API: its answer is not as documented',
};
