import { describe, expect, it } from 'vitest';
import { formatDuration, parseDuration } from '../../src/records/duration.ts';

describe('durations', () => {
  it('are counted in milliseconds and written back in the largest whole unit', () => {
    const known = {
      '0s': 0,
      '500ms': 500,
      '3s': 3_000,
      '90s': 90_000,
      '10m': 600_000,
      '1h': 3_600_000,
      '40d': 3_456_000_000,
    };
    for (const [text, ms] of Object.entries(known)) {
      expect(parseDuration(text)).toBe(ms);
      expect(formatDuration(ms)).toBe(text);
    }
  });

  it('refuse what is not one', () => {
    for (const text of ['', '3', '-3s', '1.5h', '3 s', '3S', '999999999999d'])
      expect(parseDuration(text)).toBeNull();
  });
});
