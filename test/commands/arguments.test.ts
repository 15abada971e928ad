import { expect, it } from 'vitest';
import { readRange } from '../../src/commands/arguments.ts';

const now = Date.UTC(2026, 10, 21, 0, 30);
const read = (from: string, to: string) => {
  const range = readRange({ from, to }, now);
  return [new Date(range.from).toISOString(), new Date(range.to).toISOString()];
};

it.each([
  ['-24h', 'now', '2026-11-20T00:30:00.000Z', '2026-11-21T00:30:00.000Z'],
  ['yesterday', 'today', '2026-11-20T00:00:00.000Z', '2026-11-21T00:00:00.000Z'],
  ['-40d', '-90s', '2026-10-12T00:30:00.000Z', '2026-11-21T00:28:30.000Z'],
  ['2026-11-01', 'now', '2026-11-01T00:00:00.000Z', '2026-11-21T00:30:00.000Z'],
])('reads %s to %s', (from, to, ...expected) => {
  expect(read(from, to)).toEqual(expected);
});

it.each(['24h', '-24', 'tomorrow', 'last week', '-', ''])('refuses %j, naming the option', (text) => {
  expect(() => read(text, 'now')).toThrow('--from: expected a date, a time such as');
});
