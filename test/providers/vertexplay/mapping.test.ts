import { describe, expect, it } from 'vitest';
import { readRows } from '../../../src/providers/rows.ts';
import { type MappingOptions, toBet } from '../../../src/providers/vertexplay/mapping.ts';
import { betRow } from '../../../src/providers/vertexplay/wire.ts';
import { parseBody } from '../../../src/providers/wire.ts';
import { fixture } from '../direct-exchange.ts';

const defaults: MappingOptions = { betIdField: 'auto', timeAxis: 'txTime', jackpotInWin: false };
const at = Date.parse('2025-12-09T09:05:10.151Z');

/** The document's sample row, with fields changed by their JSON text; undefined leaves one out. */
function sample(changes: Readonly<Record<string, string | undefined>> = {}): unknown {
  const [row] = JSON.parse(fixture('vertexplay/fixtures/betlogs.json')).data;
  const fields = Object.entries<unknown>(row).map(([name, value]) => [name, JSON.stringify(value)] as const);
  const merged = { ...Object.fromEntries(fields), ...changes };
  const parts = Object.entries(merged).flatMap(([name, text]) =>
    text === undefined ? [] : [`"${name}":${text}`],
  );
  return parseBody('test', `{${parts.join(',')}}`);
}

function read(value: unknown, options: Partial<MappingOptions> = {}) {
  return readRows([value], betRow, (row, raw) => toBet(row, raw, { ...defaults, ...options }));
}

describe('a row of /v2/betlogs', () => {
  it('is the bet of the document’s sample, digit for digit', () => {
    expect(read(sample()).rows).toEqual([
      expect.objectContaining({
        key: '7652711103511700000',
        formerKey: null,
        providerUsername: 'apitest011',
        axisAt: at,
        versionAt: at,
        gameCode: 'VP_230001_1',
        gameType: null,
        brand: 'VP',
        roundId: '7652711103511700000',
        transferId: '7652711103511700000',
        sourceId: '1',
        currency: 'THB',
        stake: '0.500000',
        validStake: '0.500000',
        payout: '0.360000',
        netWin: '-0.140000',
        jackpotWin: '0.000000',
        jackpotContribution: '0.000000',
        status: 'SETTLED',
        providerStatus: '2',
        outcome: 'LOSE',
        placedAt: at,
        settledAt: at,
        updatedAt: at,
        raw: JSON.stringify(JSON.parse(fixture('vertexplay/fixtures/betlogs.json')).data[0]),
      }),
    ]);
  });

  it('counts a jackpot into the net win, unless the win holds it already', () => {
    const row = sample({ jackpotWin: '"10.000001"' });
    expect(read(row).rows[0]).toMatchObject({ netWin: '9.860001', outcome: 'WIN' });
    expect(read(row, { jackpotInWin: true }).rows[0]).toMatchObject({ netWin: '-0.140000', outcome: 'LOSE' });
  });

  it('is a push where nothing was won or lost, and unsettled as long as its status is not 2', () => {
    const row = sample({ winAmt: '"0.500000"', betStatus: '7' });
    expect(read(row).rows[0]).toMatchObject({ outcome: 'PUSH', status: 'UNKNOWN', providerStatus: '7' });
  });

  it('goes by its betId where it has one, and replaces the bet known by its transferId', () => {
    const row = sample({ betId: '9007199254740993123' });
    const transferId = '7652711103511700000';
    expect(read(row).rows[0]).toMatchObject({ key: '9007199254740993123', formerKey: transferId });
    expect(read(row, { betIdField: 'transferId' }).rows[0]).toMatchObject({
      key: transferId,
      formerKey: null,
    });
    expect(read(row, { betIdField: 'betId' }).rows[0]).toMatchObject({ key: '9007199254740993123' });
  });

  it('whose betId and transferId are alike always was its own', () => {
    const transferId = '7652711103511700000';
    const row = sample({ betId: transferId });
    expect(read(row).rows[0]).toMatchObject({ key: transferId, formerKey: transferId });
    expect(read(sample({})).rows[0]).toMatchObject({ key: transferId, formerKey: null });
  });

  it('is set aside where the key it should go by is missing', () => {
    expect(read(sample(), { betIdField: 'betId' }).quarantined[0]?.reason).toMatch(/^betId: /);
    const bare = sample({ transferId: undefined });
    expect(read(bare, { betIdField: 'transferId' }).quarantined[0]?.reason).toMatch(/^transferId: /);
    expect(read(sample({ transferId: '""', betId: 'null' })).quarantined[0]?.reason).toMatch(/^betId: /);
  });

  it('stands on the axis of its betTime where the provider is asked by that', () => {
    const row = sample({ betTime: '"2025-12-09T09:00:00Z"' });
    const placedAt = Date.parse('2025-12-09T09:00:00Z');
    expect(read(row, { timeAxis: 'betTime' }).rows[0]).toMatchObject({ axisAt: placedAt, settledAt: at });
    expect(read(row).rows[0]).toMatchObject({ axisAt: at, placedAt });
    const without = sample({ betTime: undefined });
    expect(read(without).rows[0]).toMatchObject({ placedAt: null });
    expect(read(without, { timeAxis: 'betTime' }).quarantined[0]?.reason).toMatch(/^betTime: /);
  });

  it('may leave out what the documents are still changing, and bring what they do not know', () => {
    const row = sample({
      brand: undefined,
      roundId: undefined,
      validBetAmt: undefined,
      jackpotContribute: 'null',
      betSourceId: undefined,
      extra: '{"a":[1.10]}',
    });
    const [bet] = read(row).rows;
    expect(bet).toMatchObject({ brand: null, roundId: null, validStake: null, sourceId: null });
    expect(bet?.raw).toContain('"extra":{"a":[1.10]}');
  });

  it.each([
    ['txTime', undefined],
    ['txTime', '"0001-01-01T00:00:00Z"'],
    ['currency', undefined],
    ['username', 'null'],
    ['username', '""'],
    ['betStatus', undefined],
    ['actualBetAmt', '""'],
    ['actualBetAmt', '"1,234.50"'],
    ['winAmt', '"NaN"'],
    ['winAmt', 'null'],
    ['jackpotWin', undefined],
    ['validBetAmt', '{}'],
  ])('is set aside, named and whole, where %s is %s', (field, text) => {
    const { rows, quarantined } = read(sample({ [field]: text }));
    expect(rows).toEqual([]);
    expect(quarantined[0]?.reason).toMatch(new RegExp(`^${field}: `));
    expect(quarantined[0]?.raw).toContain('"gameCode":"VP_230001_1"');
  });

  it('is set aside where its net win would not fit', () => {
    const row = sample({ winAmt: '"99999999999999999999"', jackpotWin: '"99999999999999999999"' });
    expect(read(row).quarantined[0]?.reason).toMatch(/^netWin: /);
  });

  it('keeps amounts sent as numbers as exact as those sent as text', () => {
    const row = sample({ actualBetAmt: '0.10000', winAmt: '1e-7' });
    expect(read(row).rows[0]).toMatchObject({ stake: '0.10000', payout: '0.0000001', netWin: '-0.0999999' });
  });
});
