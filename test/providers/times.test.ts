import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  epochMs,
  formatBeijing,
  formatIso,
  formatIsoSeconds,
  formatOffsetTime,
  isoTime,
  offsetTime,
  parseBeijing,
  parseIso,
  parseOffsetTime,
} from '../../src/providers/times.ts';
import { parseBody } from '../../src/providers/wire.ts';

const instant = fc.integer({ min: Date.UTC(2000, 0, 1), max: Date.UTC(2100, 0, 1) - 1 });

describe('times', () => {
  it('come back as they were spelt', () => {
    fc.assert(
      fc.property(instant, fc.constantFrom(480, 0, -330, 330), (at, offset) => {
        expect(parseIso(formatIso(at))).toBe(at);
        expect(parseOffsetTime(formatOffsetTime(at, offset))).toBe(at);
        expect(parseBeijing(formatBeijing(at))).toBe(Math.floor(at / 1000) * 1000);
        expect(parseIso(formatIsoSeconds(at))).toBe(Math.floor(at / 1000) * 1000);
      }),
    );
  });

  it('spell 2022-07-02T16:00:00Z as the documents do', () => {
    const at = Date.UTC(2022, 6, 2, 16);
    expect(formatOffsetTime(at)).toBe('2022-07-03T00:00:00.000+0800');
    expect(formatOffsetTime(at)).toHaveLength(28);
    expect(formatBeijing(at)).toBe('2022-07-03 00:00:00');
    expect(formatIsoSeconds(at)).toBe('2022-07-02T16:00:00Z');
  });

  it('reads ISO times with and without milliseconds', () => {
    expect(isoTime.parse('2023-06-06T22:43:15.682Z')).toBe(Date.UTC(2023, 5, 6, 22, 43, 15, 682));
    expect(isoTime.parse('2020-01-01T00:00:00Z')).toBe(Date.UTC(2020, 0, 1));
    expect(isoTime.parse('2020-01-01T00:00:00.1234567Z')).toBe(Date.UTC(2020, 0, 1, 0, 0, 0, 123));
  });

  it.each([
    '0001-01-01T00:00:00Z',
    '57000-01-01T00:00:00Z',
    '2016-12-31T23:59:60Z',
    '2023-02-29T00:00:00Z',
    '2023-01-01T24:00:00Z',
    '2023-01-01T00:00:00',
    '2023-01-01 00:00:00Z',
    '2023-01-01T00:00:00+08:00',
    '',
    null,
    1726822110737,
  ])('refuses the ISO time %s', (value) => {
    expect(isoTime.safeParse(value).success).toBe(false);
  });

  it.each([
    '2022-07-03T00:00:00+0800',
    '2022-07-03T00:00:00.000+08:00',
    '2022-07-03T00:00:00.000Z',
    '2022-07-03T00:00:00.000+1500',
    '2022-13-03T00:00:00.000+0800',
    '0001-01-01T00:00:00.000+0800',
  ])('refuses the 28-character time %s', (value) => {
    expect(offsetTime.safeParse(value).success).toBe(false);
  });

  it('reads epoch times in the unit the schema names, and no other', () => {
    const number = (json: string) => parseBody('test', json);
    expect(epochMs.parse(number('1726822110737'))).toBe(1726822110737);
    expect(epochMs.parse('1726822110737')).toBe(1726822110737);
    expect(epochMs.safeParse(number('1726822110')).success).toBe(false);
    for (const bad of ['-1', '1.5', '1e12', 'null', '"x"', '9007199254740993']) {
      expect(epochMs.safeParse(number(bad)).success).toBe(false);
    }
  });
});
