import { describe, expect, it } from 'vitest';
import type { FeedSeen } from '../../src/commands/diagnosis.ts';
import { findingsOfArchive, findingsOfFeeds } from '../../src/commands/findings.ts';

const seen = (over: Partial<FeedSeen> = {}): FeedSeen => ({
  account: 'vp-main',
  kind: 'BET',
  clockOffset: { leastMs: -1_200, mostMs: 300 },
  pace: { calls: 12, refused: 0, allowedPerMinute: 20 },
  limits: { settlementLag: '2m' },
  lateness: { rows: 12_345, late: 0, proposedLag: '41s' },
  ...over,
});
const found = (area: string, over: Partial<FeedSeen> = {}) =>
  findingsOfFeeds([], [seen(over)]).find((finding) => finding.area === area);

describe('what doctor finds of a feed', () => {
  it('is the lag its rows need, beside the one that is waited for', () => {
    expect(found('lateness')).toEqual({
      area: 'lateness',
      subject: 'vp-main BET',
      state: 'ok',
      finding: '99.9 % of 12345 rows came within 41s; you wait 2m',
      remedy: null,
    });
    const later = { rows: 12_345, late: 40, proposedLag: '310s' };
    expect(found('lateness', { lateness: later })).toMatchObject({
      state: 'warning',
      finding: '99.9 % of 12345 rows came within 310s; you wait 2m, and 40 came later',
      remedy: 'raise limits.BET.settlementLag to 310s, or add a revisit (sync.revisits)',
    });
    expect(found('lateness', { lateness: { rows: 999, late: 0, proposedLag: null } })).toMatchObject({
      state: 'ok',
      finding: '999 rows seen in time in a week, of 1000 that it takes; you wait 2m',
    });
  });

  it('is its provider’s clock: near, far off, or unknown, where the lag has to bear it', () => {
    expect(found('clock')).toMatchObject({
      state: 'ok',
      finding: 'the provider’s clock less this one lies between -1.2 s and +0.3 s',
    });
    const behind = { leastMs: -301_000, mostMs: -299_500 };
    expect(found('clock', { clockOffset: behind })).toMatchObject({
      state: 'warning',
      remedy: expect.stringMatching(/NTP/),
    });
    const unknown = found('clock', { clockOffset: null });
    expect(unknown?.state).toBe('warning');
    expect(unknown?.finding).toMatch(/no answer with a Date header.*settlementLag \(2m\)/);
  });

  it('is how often its provider found it called too often', () => {
    expect(found('pace')?.finding).toBe(
      '12 calls in the last minute of 20 allowed, none refused as too many',
    );
    const pace = { calls: 1, refused: 1, allowedPerMinute: null };
    expect(found('pace', { pace })).toMatchObject({
      state: 'warning',
      finding: '1 call in the last minute without a bound, 1 of them refused as too many',
    });
  });
});

it('calls a disk that is nearly full a fault, and one with little room a warning', () => {
  const about = { engine: 'DuckDB', version: 'v1.5', layout: 12, sizeMb: 90 };
  const states = (freeMb: number | null) => findingsOfArchive({ ...about, freeMb }).map(({ state }) => state);
  expect(findingsOfArchive({ ...about, freeMb: null })).toEqual([
    {
      area: 'archive',
      subject: 'DuckDB',
      state: 'ok',
      finding: 'DuckDB 1.5, layout 12, 90 MB',
      remedy: null,
    },
  ]);
  expect(states(2_048)).toEqual(['ok', 'ok']);
  expect(states(2_047)).toEqual(['ok', 'warning']);
  expect(states(199)).toEqual(['ok', 'fault']);
});
