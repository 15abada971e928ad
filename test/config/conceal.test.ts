import { inspect } from 'node:util';
import { expect, it } from 'vitest';
import { conceal, redact, reveal, withoutPassword } from '../../src/config/conceal.ts';

it('hides an object from whatever prints it, and from nothing that reads it', () => {
  const credentials = conceal({ agentId: 'a', apiKey: 'sesame' });
  expect(credentials.apiKey).toBe('sesame');
  expect(Object.keys(credentials)).toEqual(['agentId', 'apiKey']);
  expect(JSON.stringify({ credentials })).toBe('{"credentials":"[secret]"}');
  expect(inspect({ credentials }, { depth: 9 })).not.toContain('sesame');
  expect(`${JSON.stringify([credentials])}`).not.toContain('sesame');
});

it('gives the whole of it to whoever derives a key', () => {
  expect(reveal(conceal({ apiKey: 'one' }))).toBe('{"apiKey":"one"}');
  expect(reveal(conceal({ apiKey: 'one' }))).not.toBe(reveal(conceal({ apiKey: 'two' })));
});

it('takes the password out of a URL, also one with an at-sign', () => {
  expect(withoutPassword('postgres://u:p@ss@db:5432/c')).toBe('postgres://u:[secret]@db:5432/c');
  expect(withoutPassword('postgres://db/c')).toBe('postgres://db/c');
  expect(withoutPassword('duckdb:/data/x.duckdb')).toBe('duckdb:/data/x.duckdb');
});

it('cuts the longest secret first, and leaves short ones, which are ordinary words', () => {
  expect(redact('sesame-open and sesame', ['sesame', 'sesame-open', 'and'])).toBe('[secret] and [secret]');
});
