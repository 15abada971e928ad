import { cpus, totalmem } from 'node:os';
import { attacks } from './attacks.ts';
import { auth } from './auth.ts';
import { changes } from './changes.ts';
import { cliff } from './cliff.ts';
import { commit } from './commit.ts';
import { duckDbCapacity } from './duckdb-capacity.ts';
import { entities } from './entities.ts';
import { entities40Days } from './entities-40-days.ts';
import { executor } from './executor.ts';
import { exports } from './exports.ts';
import { fairness } from './fairness.ts';
import { growth } from './growth.ts';
import { hundredFeeds } from './hundred-feeds.ts';
import { ingestion } from './ingestion.ts';
import { json } from './json.ts';
import { manyPlayers } from './many-players.ts';
import { memory } from './memory.ts';
import { pace } from './pace.ts';
import { paceSaturated } from './pace-saturated.ts';
import { peers, peersBrief } from './peers.ts';
import { processes } from './processes.ts';
import { type Bench, row } from './result.ts';
import { rolledUp } from './rolled-up.ts';
import { start } from './start.ts';
import { verdict } from './verdict.ts';
import { waiting } from './waiting.ts';
import { warmPage } from './warm-page.ts';

const benches: Readonly<Record<string, Bench>> = {
  start,
  pace,
  'pace-saturated': paceSaturated,
  fairness,
  waiting,
  verdict,
  'warm-page': warmPage,
  peers,
  'peers-brief': peersBrief,
  growth,
  cliff,
  'many-players': manyPlayers,
  executor,
  auth,
  ...attacks,
  entities,
  'entities-40-days': entities40Days,
  processes,
  commit,
  changes,
  'duckdb-capacity': duckDbCapacity,
  'hundred-feeds': hundredFeeds,
  'rolled-up': rolledUp,
  memory,
  json,
  ingestion,
  exports,
};

/** `npm run bench [name …]`: the table of `bench/results.md`; ends with 1 where a bound is not kept. */
const names = process.argv.length > 2 ? process.argv.slice(2) : Object.keys(benches);
console.log(`Node ${process.version}, ${cpus().length} cores, ${Math.round(totalmem() / 2 ** 30)} GiB\n`);
console.log('| question | figure | bound | | measured |\n| --- | --- | --- | --- | --- |');
for (const name of names) {
  const bench = benches[name];
  if (bench === undefined)
    throw new Error(`bench: expected one of ${Object.keys(benches).join(', ')}, got ${name}`);
  for (const result of await bench()) {
    console.log(row(result));
    if (result.figure > result.atMost) process.exitCode = 1;
  }
}
