import { rmSync } from 'node:fs';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { providers } from '../providers/registry.ts';
import { spellDuration } from '../records/duration.ts';
import type { Interval } from '../records/interval.ts';
import { createCasino } from '../sandbox/casino/casino.ts';
import { playersFile } from '../sandbox/casino/guests.ts';
import { type Story, tellStory } from '../sandbox/casino/story.ts';
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
const DAY_MS = 86_400_000;
const PATIENCE_MS = 45_000;
/** Quicker than the providers allow, so that the demo fills in seconds; and how they are asked from then on. */
const FILLING_MS = 20;
const INTERVAL_MS = 3_000;

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
    const range = recent(hours, Date.now());
    const played = createCasino();
    const story = tellStory(played['vertexplay']!, range.to);
    const casino = { ...played, vertexplay: story.casino };
    const hosted = await createSandboxes(providers, { minIntervalMs: FILLING_MS }, casino);
    const host = await createSandboxServer({ sandboxes: hosted });
    try {
      const accounts = Object.entries(hosted).map(([name, { account }]) => ({
        id: accountOf(name),
        baseUrl: host.baseUrl(name),
        ...account,
        ...(name === 'vertexplay' && { limits: { BET: { ...limitsOf(account), confirmAfter: '5s' } } }),
      }));
      const settings = { port, accounts, since: range.from };
      const file = await writeConfiguration(folder, settings);
      const slowDown = () => writeConfiguration(folder, { ...settings, accounts: accounts.map(slowed) });
      return await run(file, { range, story, slowDown, io });
    } finally {
      await host.close();
    }
  } finally {
    process.off('exit', remove);
    remove();
  }
}

interface Showing {
  readonly range: Interval;
  readonly story: Story;
  /** Writes the configuration by which is asked once all is filled. */
  readonly slowDown: () => Promise<unknown>;
  readonly io: Io;
}

async function run(file: string, { range, story, slowDown, io }: Showing): Promise<number> {
  const { createApp } = await import('../app.ts');
  const wanted = io.env['COUNTROOM_LOG_LEVEL'];
  const read = () =>
    readConfiguration(file, { env: { COUNTROOM_LOG_LEVEL: wanted || 'error' }, cwd: io.cwd });
  const config = read();
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
    if (!io.signal.aborted) {
      await slowDown();
      await app.adopt(read());
      const lastDay = { from: Math.max(range.from, range.to - DAY_MS), to: range.to };
      io.stdout.write(`countroom answers at ${url}\n${invitation(url, lastDay)}`);
      await turn(url, story);
    }
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

/** Lets the story go on, and has the gateway look again at once where else it would in an hour. */
async function turn(url: string, { turned, turn: goOn }: Story): Promise<void> {
  goOn();
  const { from, to } = rangeInput(turned);
  const account = accountOf('vertexplay');
  const mutation = `mutation { reread(account: "${account}", kind: BET, range: { from: "${from}", to: "${to}" }) { rows } }`;
  await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query: mutation }),
  });
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

/** The same account, asked as slowly as its provider would have it. */
function slowed<A extends object>(account: A): A {
  const { limits = {} } = account as { readonly limits?: Readonly<Record<string, object>> };
  const each = Object.entries(limits).map(([kind, own]) => [
    kind,
    { ...own, minInterval: `${INTERVAL_MS}ms` },
  ]);
  return { ...account, limits: Object.fromEntries(each) };
}

/** What a sandbox's account says of bets already. */
function limitsOf({ limits }: Readonly<Record<string, unknown>>): object {
  return (limits as { readonly BET?: object } | undefined)?.BET ?? {};
}

const accountOf = (provider: string) => `${provider}-demo`;

function invitation(url: string, range: Interval): string {
  const { from, to } = rangeInput(range);
  const span = `range: { from: "${from}", to: "${to}" }`;
  return `
"Lucky Harbour", a small casino: two hundred players at four providers, kept filled while this runs. Some three hours ago
one bet was voided and another settled anew (changes); five and six hours ago one was settled late and one won the jackpot;
thirty hours ago two rows came that cannot be read (quarantined, and why that time is not complete).
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
