import { describe, expect, it } from 'vitest';
import { parseInstant } from '../../src/records/instant.ts';

describe('parseInstant', () => {
  it('reads a time with its zone, and a date as its 00:00Z', () => {
    const known = {
      '2026-11-01': '2026-11-01T00:00:00.000Z',
      '2026-11-01T08:30Z': '2026-11-01T08:30:00.000Z',
      '2026-11-01T08:30:15.5+07:00': '2026-11-01T01:30:15.500Z',
      '2026-11-01t08:30:15.123456789z': '2026-11-01T08:30:15.123Z',
      '0099-01-01': '0099-01-01T00:00:00.000Z',
      '2026-11-01T23:59:59-23:59': '2026-11-02T23:58:59.000Z',
      '9999-12-31T23:59:59.999Z': '9999-12-31T23:59:59.999Z',
      '0000-01-01': '0000-01-01T00:00:00.000Z',
    };
    for (const [text, iso] of Object.entries(known))
      expect(new Date(parseInstant(text) ?? Number.NaN).toISOString()).toBe(iso);
  });

  it('refuses a time without a zone, and what no calendar has', () => {
    for (const text of [
      '',
      '2026-11-01T08:30:00',
      '2026-02-30',
      '2026-13-01',
      '2026-11-01T24:00Z',
      '2026-11-01T08:60Z',
      '2026-11-01T08:00:60Z',
      '2026-11-01T08:00+24:00',
      '2026-11-01T08:00+00:60',
    ])
      expect(parseInstant(text)).toBeNull();
  });

  it('refuses what an offset puts outside the years of four digits', () => {
    for (const text of ['9999-12-31T23:59:59.999-00:01', '0000-01-01T00:00+00:01'])
      expect(parseInstant(text)).toBeNull();
  });
});
