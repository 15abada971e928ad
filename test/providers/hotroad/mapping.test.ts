import { parse } from 'lossless-json';
import { describe, expect, it } from 'vitest';
import { toBet, toTransfer } from '../../../src/providers/hotroad/mapping.ts';
import { betRow, transferRow } from '../../../src/providers/hotroad/wire.ts';
import { toCompactJson } from '../../../src/providers/json.ts';
import { readRows } from '../../../src/providers/rows.ts';
import { fixture } from '../direct-exchange.ts';

const betSamples = parse(fixture('hotroad/fixtures/bets.json')) as { data: { list: object[] } };
const transferSamples = parse(fixture('hotroad/fixtures/transfers.json')) as { data: object[] };
const [losing, winning] = betSamples.data.list;
const [withdrawal] = transferSamples.data;

function readBet(row: unknown) {
  return readRows([row], betRow, (wire, raw) => toBet(wire, raw, 'CNY'));
}

function readTransfer(row: unknown) {
  return readRows([row], transferRow, (wire, raw) => toTransfer(wire, raw, 'CNY'));
}

describe('a record of 3.7', () => {
  it('is the losing bet of the document’s sample, digit for digit', () => {
    expect(readBet(losing).rows).toEqual([
      expect.objectContaining({
        key: 'AAA-212048043',
        formerKey: null,
        providerUsername: 'hrgpl00001',
        axisAt: Date.parse('2022-07-04T06:07:53.914Z'),
        versionAt: Date.parse('2022-07-04T06:07:53.914Z'),
        gameCode: 'BACCARAT',
        gameType: 'LIVE',
        betType: 'Player',
        tableId: '1',
        roundId: 'RND-08310057',
        roundStartedAt: Date.parse('2022-07-03T14:07:43.217Z'),
        result: ['H03', 'C01', 'C01', 'C05', 'S05', 'C06'],
        odds: '-1.0',
        currency: 'CNY',
        stake: '10.0',
        validStake: '10.0',
        payout: '0.0',
        netWin: '-10.0',
        rebate: '0.0',
        refund: null,
        realStake: '10.0',
        freeStake: '0.0',
        promotionStake: '0.0',
        realNetWin: '-10.0',
        freeNetWin: '0.0',
        promotionNetWin: '0.0',
        status: 'SETTLED',
        providerStatus: 'LOSE',
        outcome: 'LOSE',
        placedAt: Date.parse('2022-07-03T14:07:51.864Z'),
        settledAt: Date.parse('2022-07-04T06:07:53.914Z'),
        updatedAt: Date.parse('2022-07-04T06:07:53.914Z'),
        raw: toCompactJson(losing),
      }),
    ]);
    expect(toCompactJson(losing)).toContain('"betAmount":10.0,');
  });

  it('is the winning bet of the sample, whose valid bet is passed on as it came', () => {
    expect(readBet(winning).rows[0]).toMatchObject({
      stake: '100.0',
      payout: '195.0',
      netWin: '95.0',
      validStake: '5.0',
      odds: '0.95',
      outcome: 'WIN',
    });
  });

  it.each([
    ['WIN', '-5.0', 'WIN'],
    ['LOSE', '5.0', 'LOSE'],
    ['TIE', '5.0', 'UNKNOWN'],
    [null, '5.0', 'WIN'],
    [null, '-0.0001', 'LOSE'],
    ['', '0.0', 'PUSH'],
  ])('with status %s and winLoss %s has the outcome %s', (status, winLoss, outcome) => {
    expect(readBet({ ...losing, status, winLoss }).rows[0]).toMatchObject({
      outcome,
      status: 'SETTLED',
      providerStatus: status ?? '',
    });
  });

  it('may have cards that were not dealt, and leave out what an operator has not enabled', () => {
    const bare = {
      ...losing,
      result: ['H03', null],
      freeCredit: null,
      commission: undefined,
      odds: undefined,
    };
    expect(readBet(bare).rows[0]).toMatchObject({
      result: ['H03', null],
      freeStake: null,
      rebate: null,
      odds: null,
    });
  });

  it.each([
    ['txId', ''],
    ['userId', null],
    ['betAmount', '1,000'],
    ['winLoss', ''],
    ['updateTime', '2022-07-04T14:07:53.914Z'],
    ['updateTime', '2022-02-30T00:00:00.000+0800'],
    ['result', 'H03'],
  ])('is set aside, named, where %s is %j', (field, value) => {
    const { rows, quarantined } = readBet({ ...losing, [field]: value });
    expect(rows).toEqual([]);
    expect(quarantined[0]?.reason).toMatch(new RegExp(`^${field}: `));
  });
});

describe('a record of 4.6', () => {
  it('is the withdrawal of the document’s sample', () => {
    expect(readTransfer(withdrawal).rows).toEqual([
      {
        key: '1656647292425',
        formerKey: null,
        providerUsername: 'hrgpl00017',
        axisAt: Date.parse('2022-07-01T03:48:13.430Z'),
        versionAt: null,
        direction: 'WITHDRAWAL',
        currency: 'CNY',
        amount: '-900.0',
        freeCredit: '-100.0',
        balanceBefore: '900.0',
        balanceAfter: '0.0',
        freeCreditBefore: '100.0',
        freeCreditAfter: '0.0',
        realCreditBefore: '800.0',
        createdAt: Date.parse('2022-07-01T03:48:13.430Z'),
        raw: toCompactJson(withdrawal),
      },
    ]);
  });

  it('stands without preRealCredit, which the document’s table does not have', () => {
    const row = { ...withdrawal, preRealCredit: undefined };
    expect(readTransfer(row).rows[0]).toMatchObject({ realCreditBefore: null, amount: '-900.0' });
  });

  it.each([
    ['10.0', '-1.0', 'DEPOSIT'],
    ['0.0', '-1.0', 'WITHDRAWAL'],
    ['0.0', '1.0', 'DEPOSIT'],
    ['0.0', null, 'DEPOSIT'],
  ])('of amount %s and free credit %s is a %3$s', (amount, freeCredit, direction) => {
    expect(readTransfer({ ...withdrawal, amount, freeCredit }).rows[0]).toMatchObject({ direction });
  });

  it('is set aside where its amount or its time cannot be read', () => {
    expect(readTransfer({ ...withdrawal, amount: '' }).quarantined[0]?.reason).toMatch(/^amount: /);
    const hours = readTransfer({ ...withdrawal, createDate: '2022-07-01T11+0800' });
    expect(hours.quarantined[0]?.reason).toMatch(/^createDate: /);
  });
});
