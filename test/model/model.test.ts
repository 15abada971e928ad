import { afterAll, describe, it } from 'vitest';
import { openDuckDb, openPostgres, type Place } from './places.ts';
import { runModel } from './run.ts';

// `npm run model` runs any number of them.
const SEEDS = [1, 2, 3, 4];

describe.each([
  ['DuckDB', openDuckDb],
  ['PostgreSQL', openPostgres],
] as const)('gateways on %s', (_, open) => {
  let place: Place | null = null;
  afterAll(() => place?.close());

  it.each(SEEDS)('never claim what is not so, and end as the provider’s truth: seed %i', async (seed) => {
    place ??= await open();
    await runModel(place, seed);
  });
});
