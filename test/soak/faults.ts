import { setTimeout as wait } from 'node:timers/promises';
import type { Draw } from '../../src/providers/seeded.ts';
import type { Fault } from '../../src/sandbox/fault.ts';
import { type FaultName, tooManyRequests } from '../../src/sandbox/faults.ts';
import type { World } from './world.ts';

/** Something that goes wrong for a while. Resolves when it is over and what it stopped goes again. */
export interface Mishap {
  readonly name: string;
  /** How often it comes, against the others. */
  readonly weight: number;
  /** What it takes for itself while it lasts; null where that is taken already. */
  readonly takes: (world: World, draw: Draw) => string | null;
  readonly happen: (world: World, draw: Draw, taken: string) => Promise<void>;
}

const SERVER_GIVES_UP_MS = 2_000;

const aGateway = (from: number) => (world: World, draw: Draw) =>
  world.gateways[from + draw.integer(world.gateways.length - from)]?.name ?? null;
const aProvider = (world: World, draw: Draw) => draw.pick(world.providers);
const gatewayOf = (world: World, name: string) => world.gateways.find((each) => each.name === name)!;

/** Spoils a few answers of one provider, one after the other. */
function spoilt(name: string, weight: number, choices: readonly (FaultName | Fault)[]): Mishap {
  return {
    name,
    weight,
    takes: aProvider,
    async happen({ host }, draw, provider) {
      host.inject(provider, draw.pick(choices), 1 + draw.integer(4));
      await wait(1_000 + draw.integer(3_000));
      host.heal(provider);
    },
  };
}

/** Everything that may go wrong. The first gateway is never killed: what it has in use at the end is to be what it had. */
export const mishaps: readonly Mishap[] = [
  {
    name: 'kill -9',
    weight: 4,
    takes: aGateway(1),
    async happen(world, draw, name) {
      const gateway = gatewayOf(world, name);
      await gateway.kill();
      await wait(draw.integer(world.shortly(4_000)));
      await gateway.revive();
    },
  },
  {
    name: 'SIGSTOP, SIGCONT',
    weight: 2,
    takes: aGateway(0),
    async happen(world, draw, name) {
      const gateway = gatewayOf(world, name);
      gateway.pause();
      // Now and then for longer than its leases last.
      await wait(draw.once(4) ? world.shortly(33_000) : draw.integer(world.shortly(5_000)));
      gateway.goOn();
    },
  },
  {
    name: 'database restart',
    weight: 1,
    takes: () => 'database',
    async happen({ postgres, shortly }, draw) {
      await postgres.crash();
      await wait(draw.integer(shortly(4_000)));
      await postgres.start();
    },
  },
  {
    name: 'half-open connections',
    weight: 1,
    takes: aGateway(0),
    async happen(world, draw, name) {
      const { proxy } = gatewayOf(world, name);
      proxy.isSilent = draw.once(2);
      proxy.freeze(SERVER_GIVES_UP_MS);
      await wait(draw.integer(world.shortly(8_000)));
      proxy.isSilent = false;
      // Those that were opened meanwhile are of the silence, too.
      proxy.freeze(SERVER_GIVES_UP_MS);
    },
  },
  spoilt('HTTP 5xx', 4, ['internalError', 'badGateway', 'unavailable', 'gatewayTimeout']),
  spoilt('HTTP 429', 2, [tooManyRequests(1), tooManyRequests(2, 'date')]),
  spoilt('reset', 3, ['hangUp', 'resetMidBody', 'closeMidBody']),
  spoilt('truncated body', 3, ['truncatedJson', 'truncatedGzip', 'hangMidBody']),
  spoilt('rows twice', 2, ['duplicateRow']),
  spoilt('other bodies', 2, ['html', 'empty', 'bom', 'wrongContentType', 'extraField']),
  {
    name: 'provider down',
    weight: 1,
    takes: aProvider,
    async happen({ host, shortly }, draw, provider) {
      host.inject(provider, draw.pick(['unavailable', 'hangUp']), Number.POSITIVE_INFINITY);
      await wait(draw.integer(shortly(25_000)));
      host.heal(provider);
    },
  },
  {
    name: 'clock jump',
    weight: 1,
    takes: () => 'clock',
    async happen(world, draw) {
      world.shiftClock((draw.once(2) ? 1 : -1) * draw.integer(90_000));
      await wait(draw.integer(world.shortly(20_000)));
      world.shiftClock(0);
    },
  },
];

/** Which mishap comes next. */
export function drawMishap(draw: Draw): Mishap {
  let left = draw.integer(mishaps.reduce((sum, { weight }) => sum + weight, 0));
  return mishaps.find(({ weight }) => {
    left -= weight;
    return left < 0;
  })!;
}
