import { expect, it } from 'vitest';
import { endingOf } from '../../src/commands/failure.ts';
import { ArchiveError, UsageError } from '../../src/errors.ts';

const quiet = { secrets: [], debug: false };

it('ends with 2 for wrong usage, with 1 for the rest', () => {
  expect(endingOf(new UsageError('no', ['a: b']), quiet)).toEqual({ code: 2, text: 'countroom: no\n  a: b' });
  expect(endingOf(new ArchiveError('held'), quiet)).toEqual({ code: 1, text: 'countroom: held' });
});

it('gives a hint, and no stack unless asked, where nobody foresaw it', () => {
  const { code, text } = endingOf(new TypeError('x is not a function'), quiet);
  expect(code).toBe(1);
  expect(text).toBe(
    'countroom: x is not a function\nThis is an error inside countroom; COUNTROOM_DEBUG=1 shows where it happened.',
  );
  expect(endingOf(new TypeError('x'), { secrets: [], debug: true }).text).toMatch(/at .*failure\.test\.ts/);
});

it('says so when it was stopped', () => {
  expect(endingOf(AbortSignal.abort().reason, quiet).text).toBe('countroom: stopped before it was done');
});

it('never tells a secret', () => {
  const { text } = endingOf(new Error('refused by sesame-open'), { secrets: ['sesame-open'], debug: true });
  expect(text).not.toContain('sesame-open');
});
