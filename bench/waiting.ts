import type { Clock } from '../src/upstream/clock.ts';
import { createPacer } from '../src/upstream/pace.ts';
import { createLocalSlots } from '../src/upstream/slots.ts';
import { createSharedTurn, type Line } from '../src/upstream/turn.ts';
import { cpuOfEach } from './cpu.ts';
import type { Bench } from './result.ts';

const FEW = 1_000;
const MANY = 30_000;
const CALLERS = 40;

interface Caller extends Line {
  order: number;
}

/** What choosing the next call costs while very many wait, against few. */
export const waiting: Bench = async () => {
  const each = await cpuOfEach({ few: () => callAll(FEW), many: () => callAll(MANY) }, 5);
  const [few, many] = [each.few / FEW, each.many / MANY];
  return [
    {
      question: `a call among ${MANY} that wait, of ${CALLERS} callers in turn, against one among ${FEW}`,
      figure: many / few,
      unit: '×',
      atMost: 4,
      detail: `${(many * 1_000).toFixed(1)} µs and ${(few * 1_000).toFixed(1)} µs of CPU each, from asking to answer`,
    },
  ];
};

async function callAll(count: number): Promise<void> {
  const clock: Clock = { now: () => 0, monotonic: () => 0, until: async () => {} };
  const pacer = createPacer({ clock, slots: createLocalSlots(clock) });
  const rule = { key: 'free', minIntervalMs: 0, quota: null };
  const callers: Caller[] = Array.from({ length: CALLERS }, (_, order) => ({ order: order / CALLERS }));
  const gate = { backpressure: () => null };
  let servings = 1;
  const calls = Array.from({ length: count }, async (_, index) => {
    const turn = createSharedTurn<Caller>(gate, (first) => {
      servings += 1;
      if (first !== null) first.order = servings;
    });
    turn.join(callers[index % CALLERS]!);
    const slot = await pacer.slot({ rule, turn, open: async () => {} });
    slot.written();
    slot.done();
  });
  await Promise.all(calls);
}
