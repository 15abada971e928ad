import { parseArgs } from 'node:util';
import { openDuckDb, openPostgres } from '../test/model/places.ts';
import { runModel } from '../test/model/run.ts';

/**
 * `npm run model -- --seeds 200 [--from 1] [--archive duckdb|postgres]`: runs the model of `test/model` with many seeds,
 * prints each one that does not hold, with all it takes to see why, and ends with 1 where there was any.
 */
const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '20' },
    from: { type: 'string', default: '1' },
    archive: { type: 'string', default: 'duckdb' },
  },
});
const open = { duckdb: openDuckDb, postgres: openPostgres }[values.archive];
if (open === undefined) throw new Error(`--archive: expected duckdb or postgres, got ${values.archive}`);
const from = Number(values.from);
const place = await open();
let [run, failed] = [0, 0];
let isOver = false;
// What was run is told all the same.
process.once('SIGINT', () => {
  isOver = true;
});
const startedAt = process.cpuUsage();
for (let seed = from; seed < from + Number(values.seeds) && !isOver; seed += 1) {
  run += 1;
  try {
    await runModel(place, seed);
  } catch (error) {
    failed += 1;
    const { message, cause } = error as Error;
    process.stdout.write(`${message}\n${cause instanceof Error ? `${cause.stack}\n` : ''}\n`);
  }
}
await place.close();
const { user, system } = process.cpuUsage(startedAt);
process.stdout.write(
  `${values.archive}: ${run} seeds from ${from}, ${failed} did not hold, ${Math.round((user + system) / 1e6)} s of CPU\n`,
);
process.exitCode = failed > 0 ? 1 : 0;
