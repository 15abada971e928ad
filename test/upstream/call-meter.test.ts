import { expect, test } from 'vitest';
import { createCallMeter } from '../../src/upstream/call-meter.ts';

test('counts the calls of the last minute, each key for itself, and forgets those before', () => {
  let at = 5_000;
  const meter = createCallMeter(() => at);
  meter.called('a');
  meter.called('b');
  at = 35_999;
  meter.called('a');
  meter.refused('a');
  expect(meter.lastMinute('a')).toEqual({ calls: 2, refused: 1 });
  expect(meter.lastMinute('b')).toEqual({ calls: 1, refused: 0 });
  at = 64_999;
  expect(meter.lastMinute('a').calls).toBe(2);
  at = 65_000;
  expect(meter.lastMinute('a')).toEqual({ calls: 1, refused: 1 });
  at = 200_000;
  expect(meter.lastMinute('a')).toEqual({ calls: 0, refused: 0 });
  expect(meter.lastMinute('never called')).toEqual({ calls: 0, refused: 0 });
});

test('counts the calls of the last 24 hours, and remembers when the provider last refused', () => {
  const HOUR = 3_600_000;
  let at = 0;
  const meter = createCallMeter(() => at);
  meter.called('a');
  expect(meter.lastDay('a')).toEqual({ calls: 1, refusedAgoMs: null });
  at = 23 * HOUR;
  meter.called('a');
  meter.refused('a');
  at += 1_000;
  meter.turnedAway('b');
  expect(meter.lastDay('a')).toEqual({ calls: 2, refusedAgoMs: 1_000 });
  expect(meter.lastDay('b')).toEqual({ calls: 0, refusedAgoMs: 0 });
  at = 24 * HOUR;
  expect(meter.lastDay('a')).toEqual({ calls: 1, refusedAgoMs: HOUR });
});
