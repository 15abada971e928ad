import { describe, expect, it } from 'vitest';
import { keyOfFields as keyOfFailure } from '../../src/providers/ebet/mapping.ts';
import { row as failureRow } from '../../src/providers/ebet/wire.ts';
import { keyOfBet, keyOfTransfer } from '../../src/providers/hotroad/mapping.ts';
import { betRow as hotroadBet, transferRow } from '../../src/providers/hotroad/wire.ts';
import { keyOfFields as keyOfOneApi } from '../../src/providers/oneapi/mapping.ts';
import { row as oneApiBet } from '../../src/providers/oneapi/wire.ts';
import { readRows } from '../../src/providers/rows.ts';
import { keyOfFields as keyOfVertexPlay } from '../../src/providers/vertexplay/mapping.ts';
import { betRow as vertexPlayBet } from '../../src/providers/vertexplay/wire.ts';

const cannot = () => ({ fault: 'netWin: too large' });

/** The keys of rows that are set aside, with nothing else in them that can be read. */
const keysBy = (
  read: (values: readonly unknown[]) => { quarantined: readonly { key?: string | null }[] },
) => ({
  of: (...values: readonly unknown[]) => read(values).quarantined.map(({ key = null }) => key),
});

describe('a row that is set aside has the key it would have as a record', () => {
  it('eBET: of its number, event and time', () => {
    const { of } = keysBy((values) => readRows(values, failureRow, cannot, keyOfFailure));
    const time = { startRequestTime: '2026-11-21T12:00:00Z' };
    expect(
      of(
        { seqNo: '7', event: 'increaseCredit', ...time },
        { seqNo: '7', ...time },
        { seqNo: '7' },
        { event: 'x', ...time },
      ),
    ).toEqual([
      '["7","increaseCredit","2026-11-21T12:00:00.000Z"]',
      '["7",null,"2026-11-21T12:00:00.000Z"]',
      null,
      null,
    ]);
  });

  it('HotRoad: txId, and transactionCode', () => {
    const bets = keysBy((values) => readRows(values, hotroadBet, cannot, keyOfBet));
    expect(bets.of({ txId: 't' }, { txId: '' }, {})).toEqual(['t', null, null]);
    const transfers = keysBy((values) => readRows(values, transferRow, cannot, keyOfTransfer));
    expect(transfers.of({ transactionCode: 't', amount: '1,0' }, { amount: 1 })).toEqual(['t', null]);
  });

  it('OneAPI: betId', () => {
    const { of } = keysBy((values) => readRows(values, oneApiBet, cannot, keyOfOneApi));
    expect(of({ betId: 'b', bet: 'x' }, { betId: [] })).toEqual(['b', null]);
  });

  it('VertexPlay: by betIdField, and none where a betId cannot be read', () => {
    const rows = [{ betId: 'b', transferId: 't' }, { transferId: 't' }, { betId: {}, transferId: 't' }, {}];
    const by = (betIdField: 'auto' | 'betId' | 'transferId') =>
      keysBy((values) =>
        readRows(values, vertexPlayBet, cannot, (fields) => keyOfVertexPlay(fields, { betIdField })),
      ).of(...rows);
    expect(by('auto')).toEqual(['b', 't', null, null]);
    expect(by('betId')).toEqual(['b', null, null, null]);
    expect(by('transferId')).toEqual(['t', 't', 't', null]);
  });
});
