import { describe, expect, it } from 'vitest';
import { mergeLimits } from '../../src/config/limits.ts';
import { defaults, faultsOf, load, oneAccount } from './files.ts';

const withLimits = (limits: string) => `${oneAccount}    limits: { BET: ${limits} }\n`;
const limitsOf = (limits: string) => load(withLimits(limits)).accounts[0]?.limits.BET;

describe('limits', () => {
  it('go over the provider’s own one by one', () => {
    expect(
      limitsOf('{ minInterval: 300ms, quota: { calls: 500, per: 1m }, retention: 10d, maxAttempts: 2 }'),
    ).toEqual({
      ...defaults,
      minInterval: 300,
      quota: { calls: 500, per: 60_000 },
      retention: 10 * 86_400_000,
      maxAttempts: 2,
    });
  });

  it('are lifted by none and by null', () => {
    // Whoever says that there is no cap ends the suspicion of round numbers of rows.
    const lifted = {
      ...defaults,
      retention: null,
      rowCap: null,
      suspectsRound: false,
      quota: null,
      minInterval: 0,
    };
    expect(limitsOf('{ retention: none, rowCap: null, quota: none, minInterval: none }')).toEqual(lifted);
  });

  it('make a window as long as maxWindow, else an hour, unless grid says otherwise', () => {
    expect(limitsOf('{ maxWindow: 5m }')).toMatchObject({ maxWindow: 300_000, grid: 300_000 });
    expect(limitsOf('{ maxWindow: none }')).toMatchObject({ maxWindow: null, grid: 3_600_000 });
    expect(limitsOf('{ maxWindow: 5m, grid: 1m }')).toMatchObject({ maxWindow: 300_000, grid: 60_000 });
    expect(mergeLimits({ ...defaults, grid: 60_000 }, { timeout: 1 })).toMatchObject({
      grid: 60_000,
      timeout: 1,
    });
  });

  it('refuse a grid longer than a call may ask for, and one of broken seconds', () => {
    expect(faultsOf(withLimits('{ grid: 20m }'))).toEqual([
      'accounts[0].limits.BET.grid: expected at most maxWindow (10m), got 20m',
    ]);
    expect(faultsOf(withLimits('{ grid: 1500ms }'))).toEqual([
      'accounts[0].limits.BET.grid: expected whole seconds, got 1500ms',
    ]);
  });

  it('refuse what cannot be lifted or is no limit at all', () => {
    expect(
      faultsOf(withLimits('{ timeout: none, rowCap: 0, quota: { calls: 1 }, maxWndow: 1m, maxAttempts: 0 }')),
    ).toEqual([
      'accounts[0].limits.BET.quota.per: expected a duration such as "500ms", "3s", "10m", "1h" or "40d", got nothing',
      'accounts[0].limits.BET.rowCap: expected a whole number of rows, or none, got 0',
      'accounts[0].limits.BET.timeout: expected a duration such as "500ms", "3s", "10m", "1h" or "40d", got "none"',
      'accounts[0].limits.BET.maxAttempts: expected a whole number from 1, got 0',
      'accounts[0].limits.BET.maxWndow: unknown key; did you mean "maxWindow"?',
    ]);
  });

  it('belong to a kind the provider serves', () => {
    expect(faultsOf(`${oneAccount}    limits: { TRANSFER: {} }\n`)).toEqual([
      'accounts[0].limits.TRANSFER: unknown key; known: BET',
    ]);
  });
});
