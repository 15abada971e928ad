import { expect, it } from 'vitest';
import { isPassing } from '../../../src/archive/postgres/faults.ts';

const fault = (code: string) => Object.assign(new Error(`what ${code} says`), { code });

it.each(['ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH', 'ECONNREFUSED', '57P03', '25006', '40P01'])(
  'takes %s for passing: a server that is given up for another is met by its name again',
  (code) => {
    expect(isPassing(fault(code))).toBe(true);
    expect(isPassing(new AggregateError([fault(code), fault('23505')]))).toBe(true);
  },
);

it.each(['23505', '42501', '53100', '57014'])('does not take %s for passing', (code) => {
  expect(isPassing(fault(code))).toBe(false);
});
