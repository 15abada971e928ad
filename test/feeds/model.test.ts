import fc from 'fast-check';
import { afterAll, describe, it } from 'vitest';
import { runs } from '../fuzz/laws.ts';
import { openDuckDb, openPostgres, type Place } from '../model/places.ts';
import { createChecks } from './model/check.ts';
import { type Moment, type Process, startProcess } from './model/process.ts';
import { createProvider, GRID_MS, type Mishap, type ProviderTraits, REVISITS } from './model/provider.ts';
import type { Event } from './model/truth.ts';

const START = Date.UTC(2026, 10, 21, 12);
const SINCE = START - 4 * GRID_MS;
// More rounds than any run needs: each lets the longest wait after a failure pass.
const MOST_ROUNDS = 25;

type Step =
  | { readonly step: 'happen'; readonly event: Event }
  | { readonly step: 'pass'; readonly ms: number }
  | { readonly step: 'sync'; readonly process: number; readonly mishap: Mishap | null }
  | { readonly step: 'ask'; readonly process: number; readonly ago: number; readonly windows: number }
  | { readonly step: 'crash'; readonly process: number; readonly moment: Moment; readonly turn: number }
  | { readonly step: 'everybody' }
  | { readonly step: 'restart' };

const ago = fc.nat(150_000);
const pick = fc.nat(50);
const event: fc.Arbitrary<Event> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ event: fc.constant('add' as const), ago }) },
  fc.record({ event: fc.constant('change' as const), pick }),
  fc.record({ event: fc.constant('move' as const), pick, ago }),
  fc.record({ event: fc.constant('vanish' as const), pick }),
);
const mishap: fc.Arbitrary<Mishap> = fc.record({
  call: fc.integer({ min: 1, max: 4 }),
  what: fc.oneof(event, fc.constantFrom('slowDown' as const, 'giveUp' as const, 'split' as const)),
});
const process = fc.nat(1);
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 8, arbitrary: fc.record({ step: fc.constant('happen' as const), event }) },
  {
    weight: 3,
    arbitrary: fc.record({ step: fc.constant('pass' as const), ms: fc.integer({ min: 1, max: 90_000 }) }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ step: fc.constant('sync' as const), process, mishap: fc.option(mishap) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      step: fc.constant('ask' as const),
      process,
      ago: fc.nat(240_000),
      windows: fc.integer({ min: 1, max: 3 }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      step: fc.constant('crash' as const),
      process,
      moment: fc.constantFrom<Moment>('call', 'answer', 'commit', 'committed'),
      turn: fc.integer({ min: 1, max: 4 }),
    }),
  },
  fc.record({ step: fc.constant('everybody' as const) }),
  fc.record({ step: fc.constant('restart' as const) }),
);

describe.each([
  ['DuckDB', openDuckDb],
  ['PostgreSQL', openPostgres],
] as const)('filling an archive on %s', (_, open) => {
  let place: Place | null = null;
  afterAll(() => place?.close());

  it('ends as the provider’s truth, whatever the order of reads, crashes, restarts, late and moving rows, and whatever the clocks show', async () => {
    place ??= await open();
    let turn = 0;
    const traits = fc.record({
      paging: fc.constantFrom('whole' as const, 'pages' as const),
      isVersioned: fc.boolean(),
      aheadMs: fc.constantFrom(0, 900_000, -900_000, 4_321, -700),
      drift: fc.constantFrom(0, 0.001, -0.001),
    });
    await fc.assert(
      fc.asyncProperty(traits, fc.array(step, { minLength: 8, maxLength: 40 }), async (given, steps) => {
        turn += 1;
        await run(place!, { ...given, account: `run ${turn}` }, steps);
      }),
      runs(16),
    );
  });
});

async function run(place: Place, traits: ProviderTraits, steps: readonly Step[]): Promise<void> {
  const provider = createProvider(traits, START);
  const checks = createChecks(provider, () => place.archive(0));
  const start = (index: number) => startProcess(provider, place.archive(index), SINCE);
  const processes = Array.from({ length: place.processes }, (_, index) => start(index));
  const processOf = async (number: number): Promise<Process> => {
    const index = number % processes.length;
    const known = processes[index];
    if (known !== undefined && !known.isDead) return known;
    await known?.close();
    const fresh = start(index);
    processes[index] = fresh;
    return fresh;
  };
  const restart = async () => {
    for (const each of processes) await each.close();
    await place.reopen();
    for (const index of processes.keys()) processes[index] = start(index);
  };
  let acting: Process | null = null;
  provider.watch((moment) => acting?.watch(moment) ?? Promise.resolve());

  async function take(next: Step): Promise<void> {
    switch (next.step) {
      case 'happen':
        provider.pass(1);
        return provider.truth.happen(next.event, provider.now());
      case 'pass':
        return provider.pass(next.ms);
      case 'restart':
        return restart();
      case 'everybody':
        await Promise.all(
          await Promise.all(processes.map(async (_, index) => (await processOf(index)).sync())),
        );
        return;
      case 'sync':
        provider.meet(next.mishap);
        await (await processOf(next.process)).sync();
        return provider.meet(null);
      case 'ask': {
        const to = provider.now() - next.ago;
        const covered = await (await processOf(next.process)).ask({ from: to - next.windows * GRID_MS, to });
        return checks.expectOpenIsSaid(covered?.feeds[0]);
      }
      case 'crash': {
        acting = await processOf(next.process);
        acting.dieAt(next.moment, next.turn);
        await acting.sync();
        acting = null;
        return;
      }
    }
  }

  for (const next of steps) {
    await take(next);
    if (next.step !== 'happen' && next.step !== 'pass') await checks.expectNeverAhead();
  }
  const until = provider.now();
  provider.pass(Math.max(...REVISITS) + GRID_MS);
  for (let round = 0; !(await checks.isFinal(SINCE, until)); round += 1) {
    if (round === MOST_ROUNDS)
      throw new Error('expected the last revisit of everything, got no end of rounds');
    await (await processOf(round)).sync();
    provider.pass(301_000);
  }
  await checks.expectNeverAhead();
  await checks.expectTruth();
  for (const each of processes) await each.close();
}
