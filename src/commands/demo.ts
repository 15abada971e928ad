import { rmSync } from 'node:fs';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { providers } from '../providers/registry.ts';
import { spellDuration } from '../records/duration.ts';
import type { Interval } from '../records/interval.ts';
import { createCasino } from '../sandbox/casino/casino.ts';
import { playersFile } from '../sandbox/casino/guests.ts';
import { createSandboxes } from '../sandbox/create.ts';
import { createSandboxServer } from '../sandbox/host.ts';
import { createLogger } from '../server/logger.ts';
import { readConfiguration } from './configuration.ts';
import { rangeInput } from './feed-coverage.ts';
import { type Io, stopped } from './io.ts';
import { logTarget } from './log-target.ts';

export interface DemoAsk {
  readonly port: number | undefined;
  /** How many hours of the past are filled before the address is printed. @default 48 */
  readonly hours?: number;
  readonly io: Io;
}

const MINUTE_MS = 60_000;
const PATIENCE_MS = 45_000;
/** Quicker than the providers allow, so that the demo fills in seconds. */
const INTERVAL_MS = 20;

/**
 * The built-in sandboxes, at which a small casino plays, and a gateway on them that keeps them filled, its archive in a
 * temporary folder that goes with it.
 */
export async function demo({ port = 4000, hours = 48, io }: DemoAsk): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), 'countroom-demo-'));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  // Also when a second Ctrl-C ends the process at once.
  process.once('exit', remove);
  try {
    const hosted = await createSandboxes(providers, { minIntervalMs: INTERVAL_MS }, createCasino());
    const host = await createSandboxServer({ sandboxes: hosted });
    try {
      const accounts = Object.entries(hosted).map(([name, { account }]) => ({
        id: accountOf(name),
        baseUrl: host.baseUrl(name),
        ...account,
      }));
      const range = recent(hours, Date.now());
      return await run(await writeConfiguration(folder, { port, accounts, since: range.from }), range, io);
    } finally {
      await host.close();
    }
  } finally {
    process.off('exit', remove);
    remove();
  }
}

async function run(file: string, range: Interval, io: Io): Promise<number> {
  const { createApp } = await import('../app.ts');
  const wanted = io.env['COUNTROOM_LOG_LEVEL'];
  const config = readConfiguration(file, { env: { COUNTROOM_LOG_LEVEL: wanted || 'error' }, cwd: io.cwd });
  const app = await createApp(config, {
    logger: createLogger({ level: config.log.level, to: await logTarget(io) }),
  });
  try {
    const { url } = await app.listen();
    io.stderr.write(`filling the last ${spellDuration(range.to - range.from)} from the sandboxes…\n`);
    await Promise.race([
      app.dispatch().cover({ feeds: app.feeds(), range, maxWaitMs: PATIENCE_MS }),
      stopped(io.signal),
    ]);
    if (!io.signal.aborted) io.stdout.write(`countroom answers at ${url}\n${invitation(url, range)}`);
    await stopped(io.signal);
  } finally {
    await app.close();
  }
  return 0;
}

/** Whole minutes, ended long enough ago that a provider answers for all of it. */
function recent(hours: number, now: number): Interval {
  const to = Math.floor((now - 5_000) / MINUTE_MS) * MINUTE_MS;
  return { from: to - hours * 60 * MINUTE_MS, to };
}

/** A configuration like any operator's, so that the demo takes the same road. */
async function writeConfiguration(folder: string, { port, accounts, since }: DemoSettings): Promise<string> {
  const file = join(folder, 'countroom.yaml');
  const configuration = {
    server: { port },
    archive: { url: 'duckdb:./countroom.duckdb' },
    sync: { since: new Date(since).toISOString() },
    accounts,
    players: { file: 'players.csv' },
  };
  await writeFile(join(folder, 'players.csv'), playersFile(accountOf));
  await writeFile(file, JSON.stringify(configuration), { mode: 0o600 });
  return file;
}

interface DemoSettings {
  readonly port: number;
  readonly accounts: readonly object[];
  /** From when on every feed is kept filled. */
  readonly since: number;
}

const accountOf = (provider: string) => `${provider}-demo`;

function invitation(url: string, range: Interval): string {
  const { from, to } = rangeInput(range);
  const span = `range: { from: "${from}", to: "${to}" }`;
  return `
"Lucky Harbour", a small casino: two hundred players at four providers, kept filled while this runs.
  console   ${url}/
  explorer  ${url}/explorer
  OData     ${url}/odata/v4/

Open the explorer (or ${url}/graphql), and paste:

{
  bets(filter: { ${span} }, first: 10) {
    totalCount
    nodes { account { id } player { username } gameCode stake netWin currency settledAt }
    coverage { complete gaps { accountId kind from to reason retryAt } }
  }
  betTotals(filter: { ${span} }, groupBy: [ACCOUNT, CURRENCY]) {
    rows { account currency betCount stake payout grossGamingRevenue }
  }
  transfers(filter: { ${span} }, first: 5) {
    totalCount
    nodes { transactionCode player { username } direction amount currency }
  }
  seqNoFailures(filter: { ${span} }, first: 5) {
    totalCount
    nodes { seqNo event statusCode statusMeaning requestedAt }
  }
}

Ctrl-C ends it and leaves nothing behind.
`;
}
