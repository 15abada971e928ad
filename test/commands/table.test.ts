import { expect, it } from 'vitest';
import { columnsOf } from '../../src/commands/io.ts';
import { printTable } from '../../src/commands/table.ts';
import { createWorld } from './harness.ts';

const widest = (text: string) => Math.max(...text.split('\n').map((line) => [...line].length));

it('fits 80 columns and loses no word', () => {
  const remedy =
    'check the credentials, the options of the signature, and that the provider lets this machine’s address in';
  const head = ['account', 'kind', 'state'];
  const row = [
    'vertexplay-thailand-main',
    'BET',
    `vertexplay-thailand-main: expected JSON, got text\n→ ${remedy}`,
  ];
  const table = printTable(head, [row], 80);
  expect(widest(table)).toBeLessThanOrEqual(80);
  const words = table.split(/[\s│┌┐└┘├┤┬┴┼─]+/);
  for (const word of row.join(' ').split(/\s+/)) expect(words).toContain(word);
  expect(widest(printTable(head, [row]))).toBeGreaterThan(80);
});

it('breaks a long name after a hyphen where its words alone are too wide', () => {
  const head = ['account', 'kind', 'held', 'final', 'missing', 'lost to retention', 'quarantined'];
  const row = ['vertexplay-thailand-main', 'TRANSFER', '100 %', '99.9 %', '23h 59m', '12d 4h', '–'];
  const table = printTable(head, [row], 80);
  expect(widest(table)).toBeLessThanOrEqual(80);
  expect(table).toMatch(/ vertexplay- .*100 %.*99\.9 %/);
  expect(table).toContain(' thailand-');
});

it('is as wide as COLUMNS says, else as the terminal, else as it likes', () => {
  const world = createWorld();
  expect(columnsOf({ ...world, env: { COLUMNS: '72' } })).toBe(72);
  expect(columnsOf({ ...world, stdout: Object.assign(world.stdout, { columns: 100 }) })).toBe(100);
  expect(columnsOf(createWorld())).toBe(Number.POSITIVE_INFINITY);
});
