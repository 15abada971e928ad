import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createSharedTurn, fixedTurn, type Gate, type Line, type Turn } from '../../src/upstream/turn.ts';
import { createWaitlist } from '../../src/upstream/waitlist.ts';

interface Waiter {
  readonly turn: Turn;
}

interface Asker extends Line {
  order: number;
}

const never = new Promise<void>(() => {});

function createDoor(): Gate & { isClosed: boolean } {
  return {
    isClosed: false,
    backpressure() {
      return this.isClosed ? never : null;
    },
  };
}

/** By the rule itself, looking at everybody. */
function firstOf(waiters: Iterable<Waiter>, heedsGates: boolean): Waiter | null {
  const orderOf = ({ lines }: Turn) => Math.min(...[...lines].map(({ order }) => order));
  let chosen: Waiter | null = null;
  for (const waiter of waiters) {
    const { turn } = waiter;
    if (heedsGates && (turn.gate?.backpressure() ?? null) !== null) continue;
    const isSooner =
      chosen === null ||
      (turn.lane === chosen.turn.lane
        ? orderOf(turn) < orderOf(chosen.turn)
        : turn.lane === 'interactive' && chosen.turn.lane === 'background');
    if (isSooner) chosen = waiter;
  }
  return chosen;
}

const steps = fc.array(
  fc.record({
    step: fc.constantFrom('come', 'come fixed', 'go', 'join', 'leave', 'serve', 'begin', 'door'),
    turn: fc.nat(7),
    asker: fc.nat(3),
    door: fc.nat(1),
  }),
  { maxLength: 80 },
);

describe('who is next among those who wait', () => {
  test('is who an exhaustive look would find, whoever comes, goes, joins, leaves, or is served', () => {
    fc.assert(
      fc.property(steps, fc.boolean(), (taken, heedsGates) => {
        const doors = [createDoor(), createDoor()];
        const askers: Asker[] = [0, 1, 2, 3].map((order) => ({ order: order / 2 }));
        let servings = 2;
        const turns = Array.from({ length: 8 }, (_, index) =>
          createSharedTurn<Asker>(doors[index % 2]!, (asker) => {
            servings += 1;
            if (asker !== null) asker.order = servings;
          }),
        );
        const waitlist = createWaitlist<Waiter>({ heedsGates });
        const plain = new Set<Waiter>();
        const come = (turn: Turn) => {
          const waiter = { turn };
          waitlist.add(waiter);
          plain.add(waiter);
        };
        for (const { step, turn, asker, door } of taken) {
          const which = turns[turn]!;
          if (step === 'come') come(which);
          if (step === 'come fixed') come(fixedTurn(asker > 1 ? 'interactive' : 'background', turn));
          if (step === 'join') which.join(askers[asker]!);
          if (step === 'leave') which.leave(askers[asker]!);
          if (step === 'begin') which.served();
          if (step === 'door') doors[door]!.isClosed = !doors[door]!.isClosed;
          if (step === 'go') {
            const one = [...plain][turn];
            if (one !== undefined) expect(waitlist.delete(one)).toBe(plain.delete(one));
          }
          if (step === 'serve') {
            const next = waitlist.first();
            if (next !== null) {
              waitlist.delete(next);
              plain.delete(next);
              next.turn.served();
            }
          }
          expect(waitlist.first()).toBe(firstOf(plain, heedsGates));
          expect(waitlist.size).toBe(plain.size);
        }
      }),
      { numRuns: 500 },
    );
  });

  test('is found among thousands without looking at them all', () => {
    const many = 20_000;
    let looks = 0;
    const asker = (from: number) => {
      let order = from;
      return {
        get order() {
          looks += 1;
          return order;
        },
        set order(value) {
          order = value;
        },
      };
    };
    const askers = [asker(0), asker(0.5), asker(1)];
    let servings = 2;
    const gate = createDoor();
    const waitlist = createWaitlist<Waiter>();
    for (let index = 0; index < many; index += 1) {
      const turn = createSharedTurn<Asker>(gate, (first) => {
        servings += 1;
        if (first !== null) first.order = servings;
      });
      turn.join(askers[index % 3]!);
      waitlist.add({ turn });
    }
    looks = 0;
    for (let index = 0; index < 1_000; index += 1) {
      const next = waitlist.first()!;
      waitlist.delete(next);
      next.turn.served();
    }
    // A few for whoever is served, none for those who go on waiting.
    expect(looks).toBeLessThan(20 * 1_000);
  });

  test('comes last of the background while it yields, and takes turns with it once it is begun or is to hurry', () => {
    const gate = createDoor();
    const waitlist = createWaitlist<Waiter>();
    const wait = (options: { readonly isLast?: boolean } = {}) => {
      const waiter = { turn: createSharedTurn<Asker>(gate, () => {}, options) };
      waitlist.add(waiter);
      return waiter;
    };
    const yielding = wait({ isLast: true });
    const plain = wait();
    expect(waitlist.first()).toBe(plain);
    waitlist.delete(plain);
    expect(waitlist.first()).toBe(yielding);
    yielding.turn.served();
    const later = wait();
    expect(waitlist.first()).toBe(yielding);
    later.turn.served();
    expect(waitlist.first()).toBe(later);
    waitlist.delete(yielding);
    waitlist.delete(later);
    const hurried = wait({ isLast: true });
    const next = wait();
    hurried.turn.hurry();
    expect(waitlist.first()).toBe(hurried);
    const asker = { order: 5 } as Asker;
    next.turn.join(asker);
    expect(waitlist.first()).toBe(next);
  });

  test('leaves nothing behind of lines that came and went', () => {
    const gate = createDoor();
    const turn = createSharedTurn<Asker>(gate, () => {});
    const waitlist = createWaitlist<Waiter>();
    const waiter = { turn };
    waitlist.add(waiter);
    const looked: number[] = [];
    for (let index = 0; index < 1_000; index += 1) {
      const asker = {
        get order() {
          looked.push(index);
          return index;
        },
      } as Asker;
      turn.join(asker);
      turn.leave(asker);
    }
    looked.length = 0;
    expect(waitlist.first()).toBe(waiter);
    expect(looked).toEqual([]);
    gate.isClosed = true;
    expect(waitlist.first()).toBeNull();
    expect(waitlist.pressures()).toEqual([never]);
  });
});
