import { describe, expect, it } from 'vitest';
import { codes } from '../../../src/providers/oneapi/codes.ts';
import { provider as oneapi } from '../../../src/providers/oneapi/index.ts';
import { toBet } from '../../../src/providers/oneapi/mapping.ts';
import { row } from '../../../src/providers/oneapi/wire.ts';
import { readRows } from '../../../src/providers/rows.ts';
import { parseBody } from '../../../src/providers/wire.ts';

const sample =
  '{"betId":"66ed36de40677ad3a7303624","playerId":"c180f4c5f1be830","orderId":"66ed36de40677ad3a7303624","gameCode":1002,"category":"BINGO","currency":"USD","bet":10,"win":0,"effectiveTurnover":10,"refundAmount":0,"status":1,"timestamp":1726822110737}';

function read(json: string, options: object = {}) {
  const settings = oneapi.options.parse(options);
  return readRows([parseBody('test', json)], row, (wire, raw) => toBet(wire, raw, settings));
}

/** The sample with some fields given other JSON. */
function changed(change: Record<string, string | null>): string {
  return Object.entries(change).reduce((json, [name, value]) => {
    const field = new RegExp(`"${name}":("[^"]*"|[^,}]+),?`);
    return json.replace(field, value === null ? '' : `"${name}":${value},`).replace(',}', '}');
  }, sample);
}
const bet = (change: Record<string, string | null>, options?: object) =>
  read(changed(change), options).rows[0];

describe('toBet', () => {
  it('reads the document’s sample', () => {
    const at = 1726822110737;
    const nothing = {
      betType: null,
      brand: null,
      tableId: null,
      roundId: null,
      roundStartedAt: null,
      result: null,
      odds: null,
      transferId: null,
      sourceId: null,
      jackpotWin: null,
      jackpotContribution: null,
      rebate: null,
      realStake: null,
      freeStake: null,
      promotionStake: null,
      realNetWin: null,
      freeNetWin: null,
      promotionNetWin: null,
      placedAt: null,
    };
    expect(bet({})).toEqual({
      ...nothing,
      key: '66ed36de40677ad3a7303624',
      formerKey: null,
      providerUsername: 'c180f4c5f1be830',
      axisAt: at,
      versionAt: at,
      raw: sample,
      gameCode: '1002',
      gameType: 'BINGO',
      orderId: '66ed36de40677ad3a7303624',
      currency: 'USD',
      stake: '10',
      validStake: '10',
      payout: '0',
      netWin: '-10',
      refund: '0',
      status: 'SETTLED',
      providerStatus: '1',
      outcome: 'LOSE',
      settledAt: at,
      updatedAt: at,
    });
  });

  it('keeps amounts digit for digit, also as JSON numbers no float holds', () => {
    expect(bet({ bet: '12345678901234567.12345678', win: '0.10', refundAmount: '1e-8' })).toMatchObject({
      stake: '12345678901234567.12345678',
      payout: '0.10',
      refund: '0.00000001',
      netWin: '-12345678901234567.02345677',
    });
  });

  it.each([
    [{ bet: '10', win: '4', refundAmount: '1' }, {}, '-5', 'LOSE'],
    [{ bet: '10', win: '4', refundAmount: '1' }, { refundInWin: true }, '-6', 'LOSE'],
    [{ bet: '10', win: '0', refundAmount: '10' }, {}, '0', 'PUSH'],
    [{ bet: '0.1', win: '0.30', refundAmount: null }, {}, '0.20', 'WIN'],
  ])('reckons the net win of %o under %o as %s', (change, options, netWin, outcome) => {
    expect(bet(change, options)).toMatchObject({ netWin, outcome });
  });

  it.each([
    ['1', '0', {}, 'SETTLED'],
    ['1', '0.5', {}, 'REFUNDED'],
    ['2', '0.5', {}, 'UNKNOWN'],
    ['"VOID"', '0', {}, 'UNKNOWN'],
    ['2', '0', { statuses: { 2: 'OPEN' } }, 'OPEN'],
    ['"constructor"', '0', {}, 'UNKNOWN'],
  ])('calls status %s with refund %s under %o %s', (status, refundAmount, options, expected) => {
    expect(bet({ status, refundAmount }, options)).toMatchObject({
      status: expected,
      providerStatus: status.replaceAll('"', ''),
    });
  });

  it('does without the fields that may be absent, and keeps a currency nobody knows', () => {
    const absent = { orderId: null, gameCode: null, category: 'null', effectiveTurnover: null };
    expect(bet({ ...absent, refundAmount: 'null', currency: '"mBTC"' })).toMatchObject({
      orderId: null,
      gameCode: null,
      gameType: null,
      validStake: null,
      refund: null,
      currency: 'mBTC',
    });
  });

  it.each([
    [{ betId: '""' }, 'betId: expected text, got ""'],
    [{ betId: 'null' }, 'betId: expected text, got null'],
    [{ playerId: null }, 'playerId: expected text, got nothing'],
    [{ currency: null }, 'currency: expected text, got nothing'],
    [{ bet: '""' }, 'bet: not a decimal number: ""'],
    [{ win: '"1,5"' }, 'win: not a decimal number: "1,5"'],
    [{ refundAmount: '[]' }, 'refundAmount: expected an amount, got a list'],
    [{ status: null }, 'status: expected text, got nothing'],
    [{ timestamp: '1726822110' }, 'timestamp: expected a time from 2000 to 2099, got 1726822110'],
    [
      { bet: '-99999999999999999999', win: '99999999999999999999' },
      'netWin: more than 20 integer digits or 18 decimals',
    ],
  ])('sets %o aside', (change, reason) => {
    const raw = changed(change);
    expect(read(raw)).toMatchObject({ rows: [], quarantined: [{ reason, raw }] });
  });
});

describe('codes', () => {
  it('has every code of both revisions, and its action', () => {
    const by = (action: string) => Object.keys(codes).filter((code) => codes[code]?.action === action);
    expect(by('retry')).toEqual(['100003', 'SYSTEM_ERROR', 'BANK_ERROR']);
    expect(by('stopAccount')).toEqual([
      '100001',
      '100002',
      'APP_KEY_NOT_EXISTS',
      'SIGN_ERROR',
      'INVALID_TOKEN',
    ]);
    expect(by('refuseInput')).toHaveLength(Object.keys(codes).length - 8);
    expect(Object.keys(codes)).toHaveLength(4 + 11 + 1);
  });
});
