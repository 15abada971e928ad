import { describe, expect, it } from 'vitest';
import { type AskedBy, axisField, reachOn } from '../../src/records/axis.ts';

const range = { from: 10_000, to: 20_000 };
const limits = { settlesWithin: 3_000 };
const bySettlement: AskedBy = { kind: 'BET', axis: 'settledAt', limits };
const byBetTime: AskedBy = { kind: 'BET', axis: 'placedAt', limits };

describe('where rows lie that a range selects', () => {
  it('is the range itself where the feed is asked by the time it names', () => {
    expect(reachOn(bySettlement, 'SETTLED', range)).toEqual(range);
    expect(reachOn(byBetTime, 'PLACED', range)).toEqual(range);
    const transfers: AskedBy = { kind: 'TRANSFER', axis: 'createdAt', limits };
    expect(reachOn(transfers, 'SETTLED', range)).toEqual(range);
  });

  it('reaches as far after bets placed, and before bets settled, as the feed settles', () => {
    expect(reachOn(bySettlement, 'PLACED', range)).toEqual({ from: 10_000, to: 23_000 });
    expect(reachOn(byBetTime, 'SETTLED', range)).toEqual({ from: 7_000, to: 20_000 });
  });

  it('goes by the field that each kind names', () => {
    expect(axisField('BET', 'SETTLED')).toBe('settledAt');
    expect(axisField('BET', 'PLACED')).toBe('placedAt');
    expect(axisField('TRANSFER', 'SETTLED')).toBe('createdAt');
    expect(axisField('SEQ_NO_FAILURE', 'PLACED')).toBe('requestedAt');
  });
});
