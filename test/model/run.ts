import { type Draw, drawFrom } from '../../src/providers/seeded.ts';
import type { Interval } from '../../src/records/interval.ts';
import type { Moment } from '../feeds/model/mortal.ts';
import { createChecks } from './checks.ts';
import { type Gateway, startGateway } from './gateway.ts';
import type { Place } from './places.ts';
import { createWorld, type Event, GRID, HOUR, MINUTE, REVISITS, SECOND, type Traits } from './world.ts';

const START = Date.UTC(2026, 10, 21, 12);
const SINCE = START - GRID;
const EVENTS: readonly Event[] = ['record', 'record', 'late', 'void', 'relist', 'change'];
// More than any run needs.
const MOST_ROUNDS = 120;

function drawTraits(draw: Draw): Traits {
  const paging = draw.pick(['whole', 'pages', 'pages', 'cursor'] as const);
  const size = paging === 'whole' ? draw.pick([8, 100]) : draw.pick([3, 10, 200]);
  const dates = !draw.once(5);
  return {
    paging,
    size,
    askedSize: draw.pick([size, size * 5]),
    total: draw.pick(['all', 'all', 'none', 'page'] as const),
    leavesOut: draw.pick(['nothing', 'start', 'end'] as const),
    hasRoom: draw.once(2),
    stepMs: draw.pick([1, SECOND]),
    dates,
    // Where nothing tells what a provider's clock shows, the lag has to cover it.
    aheadMs: dates
      ? draw.pick([0, 15, -15, 5, -5]) * MINUTE + draw.integer(2_000) - 1_000
      : draw.integer(20_000) - 10_000,
    drift: dates ? draw.pick([0, 0.001, -0.001]) : 0,
    isSet: dates && draw.once(2),
  };
}

/** A transfer that somebody sent, or only asks for. */
export interface Sent {
  readonly code: string;
  readonly sentAt: number;
}

/**
 * One run of the model: a provider drawn by the seed, gateways over an archive, and some dozen things that happen, in
 * whatever order. Rejects with what did not hold, and what had happened until then.
 */
export async function runModel(place: Place, seed: number, account = `model-${seed}`): Promise<void> {
  const draw = drawFrom(seed);
  const traits = drawTraits(draw);
  const told: string[] = [JSON.stringify(traits)];
  const world = createWorld(account, traits, draw, START);
  world.pass(1);
  const checks = createChecks(world, account, () => place.archive(0));
  const gateways: (Gateway | undefined)[] = [];
  const start = (index: number) => startGateway(world, place.archive(index), SINCE);
  let acting: Gateway | null = null;
  world.watch((moment) => acting?.watch(moment) ?? Promise.resolve());

  async function gatewayOf(number: number): Promise<Gateway> {
    const index = number % place.processes;
    const known = gateways[index];
    if (known !== undefined && !known.isDead) return known;
    await known?.close();
    const fresh = await start(index);
    gateways[index] = fresh;
    return fresh;
  }
  const any = () => gatewayOf(draw.integer(2));

  async function restart(): Promise<void> {
    for (const each of gateways.splice(0)) await each?.close();
    await place.reopen();
  }

  async function ask(gateway: Gateway, maxWait = draw.pick(['0s', '60s'])): Promise<void> {
    const to = world.now() + (draw.once(2) ? 0 : -draw.integer(6 * HOUR)) + draw.integer(20 * MINUTE);
    const begun = world.now();
    const range = { from: Math.max(SINCE, to - draw.integer(8 * HOUR)), to };
    if (range.from >= range.to) return;
    const answer = await gateway.ask(range, maxWait);
    if (answer !== undefined) checks.expectTold(answer, range, begun);
  }

  const sent: Sent[] = [];
  function send(): void {
    const code = `t${sent.length}`;
    sent.push({ code, sentAt: world.now() });
    if (draw.once(3)) return;
    // Held up on its way by less than ten minutes.
    const delay = draw.once(2) ? draw.integer(5_000) : draw.integer(9 * MINUTE);
    world.pass(delay);
    world.record(code);
  }

  async function judge(gateway: Gateway): Promise<void> {
    const of = draw.once(3) ? sent[draw.integer(sent.length)] : sent.at(-1);
    if (of === undefined) return;
    const begun = world.now();
    const archived = await checks.isArchived(of.code);
    const verdict = await gateway.judge(of.code, of.sentAt, draw.pick(['0s', '60s', '60s']));
    if (verdict !== undefined) checks.expectJust(of, verdict, { begun, archived });
  }

  async function crash(gateway: Gateway): Promise<void> {
    acting = gateway;
    gateway.dieAt(draw.pick<Moment>(['call', 'answer', 'commit', 'committed']), 1 + draw.integer(4));
    await (draw.once(2) ? gateway.sync() : ask(gateway, '60s'));
    acting = null;
  }

  const steps: Readonly<Record<string, () => Promise<void> | void>> = {
    happen: () => world.happen(draw.pick(EVENTS)),
    pass: () =>
      world.pass(
        draw.pick([
          draw.integer(30 * SECOND),
          draw.integer(4 * MINUTE),
          draw.integer(20 * MINUTE),
          draw.integer(3 * HOUR),
        ]),
      ),
    sync: async () => (await any()).sync(),
    ask: async () => ask(await any()),
    send,
    judge: async () => judge(await any()),
    'judge soon': async () => {
      world.pass(12 * MINUTE + draw.integer(30 * MINUTE));
      await judge(await any());
    },
    crash: async () => crash(await any()),
    restart,
    everybody: async () => {
      const all = await Promise.all(Array.from({ length: place.processes }, (_, index) => gatewayOf(index)));
      await Promise.all(all.map((each) => each.sync()));
    },
    set: () => {
      if (traits.isSet) world.setClock(draw.pick([0, 15, -15, 3, -3]) * MINUTE);
    },
    mishap: async () => {
      const what = draw.pick([...EVENTS, 'slowDown', 'giveUp', 'retry', 'aside'] as const);
      world.meet({ call: 1 + draw.integer(4), what });
      await (draw.once(2) ? (await any()).sync() : ask(await any(), '60s'));
      world.meet(null);
    },
  };
  const weights: readonly (keyof typeof steps)[] = [
    ...Array<string>(8).fill('happen'),
    ...Array<string>(5).fill('pass'),
    ...Array<string>(4).fill('sync'),
    ...Array<string>(4).fill('ask'),
    ...Array<string>(3).fill('send'),
    ...Array<string>(3).fill('judge'),
    ...['judge soon', 'judge soon', 'crash', 'crash', 'restart', 'everybody', 'set', 'mishap', 'mishap'],
  ];

  try {
    for (let left = 30 + draw.integer(30); left > 0; left -= 1) {
      const name = draw.pick(weights);
      told.push(`${new Date(world.now()).toISOString().slice(5, 23)} ${name}`);
      await steps[name]?.();
    }
    const settled = await settle();
    await checks.expectTruth(await any(), settled);
    checks.expectNoneArrivedLater();
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new Error(
      `seed ${seed}: ${message}\n${told.slice(0, 1).join('')}\n${told.slice(1).slice(-25).join(' · ')}`,
      {
        cause: error,
      },
    );
  } finally {
    for (const each of gateways) await each?.close();
  }

  /** Nothing happens any more, and everything is looked at as often as it is planned; what waits for an admin is decided. */
  async function settle(): Promise<Interval> {
    told.push('settle');
    const until = world.now();
    world.pass(Math.max(...REVISITS) + 2 * GRID);
    for (let round = 0; ; round += 1) {
      const gateway = await any();
      await gateway.sync();
      const range = { from: SINCE, to: Math.max(START, Math.floor(world.clockAt(until) / GRID) * GRID) };
      const answer = await gateway.ask(range, '0s');
      if (answer?.coverage.final === true) return range;
      if (round === MOST_ROUNDS)
        throw new Error(`expected all to become final, got ${JSON.stringify(answer?.coverage)}`);
      world.pass(draw.pick([5, 11, 40]) * MINUTE);
      // An admin decides where nobody else may.
      if (round > 20 && round % 10 === 0) await gateway.reread(range);
    }
  }
}
