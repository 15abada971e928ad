import { expect } from 'vitest';
import { editRows } from './answers.ts';
import type { FaultRow, Stage, Trial } from './fault-row.ts';
import type { Row } from './feeds.ts';
import { WINDOW_MS } from './settings.ts';

const MINUTE = 60_000;
const BETWEEN_WINDOWS_MS = 1;

/** The newest instants a provider can answer for, its clock being elsewhere. */
function leavesNoHole(aheadMs: number): Trial {
  return async ({ open }) => {
    const harness = await open({ aheadMs });
    const range = { from: harness.range.from, to: harness.clock.now() + 1_000 };
    const first = await harness.ask({ range });
    // A provider that takes our time for a lie says so once, and tells its own.
    if (!first.held.some((span) => span.from <= harness.range.from)) harness.clock.leap(11 * MINUTE);
    const { held } = await harness.ask({ range });
    expect(held).toHaveLength(1);
    const through = held[0]!.to;
    const now = harness.clock.now();
    // By the provider's clock: what it has not reached it cannot have listed whole.
    expect(through).toBeLessThanOrEqual(now + aheadMs);
    expect(through).toBeGreaterThanOrEqual(harness.range.to);
    const rows = await harness.stored();
    expect(rows.map((row) => row.raw).sort()).toEqual([...harness.truth()].sort());
    await harness.heals();
  };
}

/** Clocks of this machine and of the provider go back and forth; instants do not. */
function keepsHour(zone: string, change: string): Trial {
  return async ({ open, after }) => {
    const before = process.env['TZ'];
    after(async () => {
      if (before === undefined) delete process.env['TZ'];
      else process.env['TZ'] = before;
    });
    process.env['TZ'] = zone;
    // What lies before the change and what lies after it, by clocks that show both as one hour or none.
    const harness = await open({ now: Date.parse(change) + 30 * MINUTE, windows: 4 });
    expect(harness.range).toEqual({
      from: Date.parse(change) - 20 * MINUTE,
      to: Date.parse(change) + 20 * MINUTE,
    });
    expect((await harness.ask()).coverage).toMatchObject({ complete: true, gaps: [] });
    await harness.heals();
  };
}

/** Each window begins with a row on its edge; the provider's end is inclusive, as its document has it, or not. */
async function keepsEdges({ open, under }: Stage, inclusive: boolean): Promise<void> {
  const harness = await open({ windows: 2 });
  const middle = harness.range.from + WINDOW_MS;
  const spelt = [middle, harness.range.to].map(
    (at) => harness.truth({ from: at, to: at + BETWEEN_WINDOWS_MS })[0]!,
  );
  const onEdge = new Set(spelt.map((text) => String((JSON.parse(text) as Row)[under.id])));
  let ends = 0;
  if (!inclusive) {
    const exclusive = editRows(under, 'leaves out the row at its end', (rows) => {
      const isEnd = rows.length > 0 && onEdge.has(String(rows.at(-1)![under.id]));
      ends += isEnd ? 1 : 0;
      return isEnd ? rows.slice(0, -1) : rows;
    });
    harness.inject(exclusive, 2);
  }
  expect((await harness.ask()).coverage).toMatchObject({ complete: true, gaps: [] });
  expect((await harness.stored()).filter((row) => row.axisAt === middle)).toHaveLength(1);
  expect(ends).toBe(inclusive ? 0 : 2);
  await harness.heals();
}

export const times: readonly FaultRow[] = [
  {
    id: 31,
    fault: 'clocks apart',
    trials: {
      'the provider’s 10 minutes behind: held no further than its now': leavesNoHole(-10 * MINUTE),
      'the provider’s 4 minutes ahead: held no further than it has come': leavesNoHole(4 * MINUTE),
    },
  },
  {
    id: 32,
    fault: 'summer time begins or ends',
    trials: {
      'no hour is lost or doubled in Berlin': keepsHour('Europe/Berlin', '2026-10-25T01:00:00Z'),
      'nor in New York': keepsHour('America/New_York', '2026-03-08T07:00:00Z'),
    },
  },
  {
    id: 33,
    fault: 'a window’s end inclusive or exclusive',
    trials: {
      'inclusive: the row on the edge is there once': (stage) => keepsEdges(stage, true),
      'exclusive: the row on the edge is there once': (stage) => keepsEdges(stage, false),
    },
  },
];
