import { type ChildProcess, spawn } from 'node:child_process';
import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { DuckDBInstance } from '@duckdb/node-api';
import { createDuckDbArchive } from '../src/archive/duckdb/index.ts';
import { flatColumns } from '../src/records/flat.ts';
import { sqlName } from '../src/records/shape.ts';
import { type CpuMeter, ownCpu, processCpu } from './cpu.ts';
import { rangeText, residentMb, startGateway } from './gateway.ts';
import { createAsk } from './graph.ts';
import { type Bench, median, type Result } from './result.ts';
import { fillArchive } from './rows.ts';

const ACCOUNT = 'vertexplay-bench';
const MILLION = 1_000_000;
const MILLIONS = Number(process.env['BENCH_EXPORT_MILLIONS'] ?? 10);
const RUNS = 3;
const DAY_MS = 86_400_000;
const DAYS_A_MILLION = 30;
const FROM = Date.UTC(2026, 0, 1);
const first = { from: FROM, to: FROM + DAYS_A_MILLION * DAY_MS };
const all = { from: FROM, to: FROM + MILLIONS * DAYS_A_MILLION * DAY_MS };

// A client in a process of its own: reads an address to its end, and OData's pages one after the other.
const CLIENT = `
import { Agent, get } from 'node:http';
const agent = new Agent({ keepAlive: true });
const read = (url) => new Promise((resolve, reject) => {
  get(url, { agent }, (response) => {
    const last = [];
    response.on('data', (chunk) => last.push(chunk) > 2 && last.shift());
    response.on('end', () => {
      const tail = Buffer.concat(last).toString('latin1');
      if (response.statusCode !== 200) reject(new Error(tail));
      resolve(/"@odata.nextLink":"([^"]+)"/.exec(tail.slice(-2000))?.[1]);
    });
  }).on('error', reject);
});
for (let url = process.argv[1]; url; ) url = await read(url);
agent.destroy();
`;

function startClient(url: string): ChildProcess {
  return spawn(process.execPath, ['--input-type=module', '-e', CLIENT, url], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
}

function readToEnd(url: string): Promise<void> {
  const child = startClient(url);
  return new Promise((resolve, reject) => {
    child.once('exit', (code) =>
      code === 0 ? resolve() : reject(new Error(`the client ended with ${code}`)),
    );
  });
}

/** A file of so many million bets: the first are written as commits are, the others are the same a month later each. */
async function makeArchive(path: string): Promise<void> {
  const archive = await createDuckDbArchive({ path, playerOf: (_, username) => username });
  await fillArchive(archive, ACCOUNT, MILLION, first);
  await archive.close();
  const instance = await DuckDBInstance.create(path);
  const connection = await instance.connect();
  for (let copy = 1; copy < MILLIONS; copy += 1) {
    const later = `INTERVAL ${copy * DAYS_A_MILLION} DAY`;
    await connection.run(`INSERT INTO bets SELECT * REPLACE (
      (key::BIGINT + ${copy * MILLION})::VARCHAR AS key, (key::BIGINT + ${copy * MILLION})::VARCHAR AS transfer_id,
      counted_at + ${later} AS counted_at, axis_at + ${later} AS axis_at, placed_at + ${later} AS placed_at, settled_at + ${later} AS settled_at,
      updated_at + ${later} AS updated_at) FROM bets WHERE counted_at < make_timestamp(${first.to} * 1000)`);
  }
  await connection.run(`UPDATE intervals SET to_at = ${all.to}, read_at = ${all.to + 30 * DAY_MS}
    WHERE to_at = ${first.to}`);
  await connection.run('CHECKPOINT');
  connection.closeSync();
  instance.closeSync();
}

const totalsQuery = `{ betTotals(filter: { range: ${rangeText(all.from, all.to)} }, groupBy: [DAY, PROVIDER, CURRENCY]) {
  rows { period { start } provider currency betCount stake validStake payout netWin } coverage { complete } } }`;

/** The same questions to DuckDB alone, over the same rows in a file of its own. */
async function openPeer(path: string, target: string) {
  const cells = flatColumns('BET', { raw: false }).map(({ name, stored }) => {
    if (name === 'id') return `to_base64(encode(to_json(['Bet', b.account, b.key])::VARCHAR)) AS id`;
    return name === 'player' ? 'n.player' : `b.${sqlName(stored!)}`;
  });
  const names = 'LEFT JOIN names n ON n.account = b.account AND n.username = b.provider_username';
  const rows = `SELECT ${cells.join(', ')} FROM bets b ${names} WHERE b.counted_at < make_timestamp(${first.to} * 1000)`;
  const instance = await DuckDBInstance.create(path);
  const connection = await instance.connect();
  return {
    copy: (options: string) => connection.run(`COPY (${rows}) TO '${target}' (${options})`),
    totals: () =>
      connection.runAndReadAll(`SELECT date_trunc('day', settled_at), provider, currency, count(*), sum(stake),
        sum(valid_stake), sum(payout), sum(net_win) FROM bets GROUP BY ALL ORDER BY ALL`),
    sums: () =>
      connection.runAndReadAll(`SELECT account, currency, count(*), sum(stake), sum(valid_stake), sum(payout),
        sum(net_win) FROM bets GROUP BY ALL ORDER BY ALL`),
    top: () => connection.runAndReadAll(`${rows} ORDER BY b.stake DESC, b.account, b.key LIMIT 10`),
    close() {
      connection.closeSync();
      instance.closeSync();
    },
  };
}

interface Harness {
  readonly url: string;
  readonly pid: number;
  readonly peer: Awaited<ReturnType<typeof openPeer>>;
}

const exported = (url: string, name: string) => `${url}/export/${name}?from=2026-01-01&to=2026-01-31`;

interface Side {
  readonly cpu: CpuMeter;
  run(): Promise<unknown>;
}

let asked = 0;
/** The same rows by another address each time: a file that was made is kept a while, and would be measured once. */
function anew(url: string): string {
  asked += 1;
  const to = new Date(first.to + asked).toISOString();
  return `${url}/export/bets.parquet?from=2026-01-01&to=${to}`;
}

/** CPU of one side against the other's, and the wall beside it: both take turns, `times` each a turn. */
async function against(
  question: string,
  atMost: number,
  sides: readonly [ours: Side, theirs: Side],
  times = 1,
): Promise<Result> {
  const took = sides.map(() => ({ cpu: [] as number[], wall: [] as number[] }));
  for (let run = 0; run < RUNS; run += 1) {
    for (const [at, side] of sides.entries()) {
      const [cpu, startedAt] = [side.cpu(), performance.now()];
      for (let time = 0; time < times; time += 1) await side.run();
      took[at]!.wall.push((performance.now() - startedAt) / times);
      took[at]!.cpu.push((side.cpu() - cpu) / times);
    }
  }
  const [mine, peers] = took.map(({ cpu, wall }) => ({ cpu: median(cpu), wall: median(wall) }));
  const seconds = (ms: number) => `${(ms / 1000).toFixed(ms < 100 ? 3 : 2)} s`;
  const detail =
    `CPU, medians of ${RUNS}: ${seconds(mine!.cpu)} and ${seconds(peers!.cpu)}; ` +
    `wall ${(mine!.wall / peers!.wall).toFixed(2)} × (${seconds(mine!.wall)} and ${seconds(peers!.wall)}), load ${loadavg()[0]!.toFixed(0)}`;
  return { question, figure: mine!.cpu / peers!.cpu, unit: '×', atMost, detail };
}

/** Makes a process's present resident memory its peak, and tells it in MB. */
async function forgetPeak(pid: number): Promise<number> {
  await writeFile(`/proc/${pid}/clear_refs`, '5');
  return residentMb(pid);
}

async function lagP99(url: string): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text();
  return Number(/^nodejs_eventloop_lag_p99_seconds (\S+)/m.exec(text)?.[1]) * 1_000;
}

/** Pages are asked for while an export is read: how much memory it takes, and how long the event loop is held up. */
async function beside({ url, pid }: Harness, name: string): Promise<Result[]> {
  const graph = createAsk(url);
  const page = `{ bets(filter: { range: ${rangeText(all.to - DAY_MS, all.to)} }, first: 50) { nodes { id stake } } }`;
  await graph.ask(page);
  await lagP99(url);
  const before = await forgetPeak(pid);
  let over = false;
  const reading = readToEnd(exported(url, name)).finally(() => {
    over = true;
  });
  const took: number[] = [];
  while (!over) {
    const startedAt = performance.now();
    await graph.ask(page);
    took.push(performance.now() - startedAt);
    await wait(50);
  }
  await reading;
  const lag = await lagP99(url);
  const grown = (await residentMb(pid)) - before;
  await graph.close();
  const pages = `${took.length} pages meanwhile, the median in ${median(took).toFixed(0)} ms`;
  return [
    {
      question: `memory grown by 1M bets as ${name}`,
      figure: grown,
      unit: 'MB',
      atMost: 150,
      detail: `at its peak, from ${before.toFixed(0)} MB after others like it`,
    },
    { question: `event-loop delay meanwhile, p99`, figure: lag, unit: 'ms', atMost: 50, detail: pages },
  ];
}

const sums = ['stake', 'validStake', 'payout', 'netWin']
  .map((name) => `${name} with sum as ${name}`)
  .join(',');

async function measure(harness: Harness): Promise<Result[]> {
  const { url, pid, peer } = harness;
  const graph = createAsk(url);
  const ours = (run: () => Promise<unknown>): Side => ({ cpu: processCpu(pid), run });
  const theirs = (run: () => Promise<unknown>): Side => ({ cpu: ownCpu, run });
  const odata = (query: string) => ours(() => readToEnd(`${url}/odata/v4/${encodeURI(query)}`));
  const before = `settledAt lt ${new Date(first.to).toISOString()}`;
  const results = [
    await against(
      `totals of ${MILLIONS}M bets by day × provider × currency, against the same SQL in DuckDB`,
      1.3,
      [ours(() => graph.ask(totalsQuery)), theirs(peer.totals)],
    ),
    await against(`… through OData’s $apply of BetTotals`, 1.3, [
      odata(`BetTotals?$apply=groupby((day,provider,currency),aggregate(betCount with sum as bets,${sums}))`),
      theirs(peer.totals),
    ]),
    await against(
      `bets by account × currency through OData’s $apply of ${MILLIONS}M Bets, against the same SQL`,
      1.3,
      [odata(`Bets?$apply=groupby((account,currency),aggregate($count as bets,${sums}))`), theirs(peer.sums)],
    ),
    await against(
      'the ten bets of the highest stake of 1M through OData, against the same SQL',
      3,
      [odata(`Bets?$filter=${before}&$orderby=stake desc&$top=10`), theirs(peer.top)],
      10,
    ),
    await against('1M bets as CSV over HTTP, against DuckDB’s COPY of the same columns', 1.8, [
      ours(() => readToEnd(exported(url, 'bets.csv'))),
      theirs(() => peer.copy('FORMAT csv, HEADER')),
    ]),
    await against('1M bets as Parquet over HTTP, against DuckDB’s COPY of the same columns', 1.5, [
      ours(() => readToEnd(anew(url))),
      theirs(() => peer.copy('FORMAT parquet, COMPRESSION zstd')),
    ]),
    await against('1M bets by OData’s pages of 10,000, against NDJSON', 2, [
      odata(`Bets?$filter=${before}`),
      ours(() => readToEnd(exported(url, 'bets.ndjson'))),
    ]),
    ...(await beside(harness, 'bets.csv')),
    ...(await beside(harness, 'bets.parquet')),
  ];
  await graph.close();
  return results;
}

/** A million rows of ten over each door, and totals of all, against DuckDB alone. */
export const exports: Bench = async () => {
  const folder = await mkdtemp(join(tmpdir(), 'countroom-bench-'));
  try {
    const path = join(folder, 'archive.duckdb');
    await makeArchive(path);
    // DuckDB lets one process in: the peer reads a copy.
    const copied = join(folder, 'peer.duckdb');
    await copyFile(path, copied);
    const peer = await openPeer(copied, join(folder, 'copied'));
    const { url, pid, close } = await startGateway({
      names: ['vertexplay'],
      minIntervalMs: 200,
      archiveUrl: `duckdb:${path}`,
    });
    try {
      return await measure({ url, pid, peer });
    } finally {
      await close();
      peer.close();
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};
