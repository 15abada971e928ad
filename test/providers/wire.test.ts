import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { UpstreamError } from '../../src/errors.ts';
import { toCompactJson } from '../../src/providers/json.ts';
import { readManyRows, readRows } from '../../src/providers/rows.ts';
import { decimalField, filledText, integer, optional, parseBody, text } from '../../src/providers/wire.ts';

const who = 'one-main: list';
const row = z.object({
  id: filledText,
  amount: decimalField,
  note: optional(text),
  count: optional(integer),
});

function read(json: string) {
  return readRows(parseBody(who, json) as unknown[], row, (wire, raw) => ({ ...wire, raw }));
}

describe('parseBody', () => {
  it('keeps every digit and the order of keys', () => {
    const json = '{"z":12345678901234567890,"a":1.10,"e":1E+3,"m":-0,"d":{"y":[0.000000000000000001]}}';
    expect(toCompactJson(parseBody(who, json))).toBe(json);
  });

  it.each([
    ['a firewall’s page', '<html><body>Blocked</body></html>'],
    ['an answer cut off', '{"status":200,"seqNo'],
    ['nothing', ''],
    ['a number JSON does not have', '{"amount":NaN}'],
    ['lists nested without end', '['.repeat(200_000)],
  ])('calls %s not JSON, to be asked again', (_, body) => {
    const error = caught(() => parseBody(who, body));
    expect(error).toBeInstanceOf(UpstreamError);
    expect(error).toMatchObject({ action: 'retry', upstreamCode: 'NOT_JSON', raw: body.slice(0, 2_000) });
    expect((error as Error).message).not.toContain('Blocked');
  });
});

describe('readRows', () => {
  it('tolerates fields nobody knows and keeps them in raw', () => {
    const json = '{"id":"a","amount":1,"extra":{"deep":1.00}}';
    expect(read(`[${json}]`)).toEqual({
      rows: [{ id: 'a', amount: '1', note: null, count: null, raw: json }],
      quarantined: [],
      unknownFields: ['extra'],
    });
  });

  it.each([
    ['"1e-7"', '0.0000001'],
    ['1E+3', '1000'],
    ['-0', '0'],
    ['"0.360000"', '0.360000'],
    ['12345678901234567890.123456789012345678', '12345678901234567890.123456789012345678'],
  ])('reads the amount %s as %s', (amount, expected) => {
    expect(read(`[{"id":"a","amount":${amount}}]`).rows[0]?.amount).toBe(expected);
  });

  it.each([
    ['{"amount":1}', 'id: expected text, got nothing'],
    ['{"id":"","amount":1}', 'id: expected text, got ""'],
    ['{"id":null,"amount":1}', 'id: expected text, got null'],
    ['{"id":["a"],"amount":1}', 'id: expected text, got a list'],
    ['{"id":true,"amount":1}', 'id: expected text, got true'],
    ['{"id":"a"}', 'amount: expected an amount, got nothing'],
    ['{"id":"a","amount":""}', 'amount: not a decimal number: ""'],
    ['{"id":"a","amount":null}', 'amount: expected an amount, got null'],
    ['{"id":"a","amount":"1,234.50"}', 'amount: not a decimal number: "1,234.50"'],
    ['{"id":"a","amount":" 1.0 "}', 'amount: not a decimal number: " 1.0 "'],
    ['{"id":"a","amount":"NaN"}', 'amount: not a decimal number: "NaN"'],
    ['{"id":"a","amount":{"value":1}}', 'amount: expected an amount, got an object'],
    [
      '{"id":"a","amount":123456789012345678901}',
      'amount: more than 20 integer digits or 18 decimals: 123456789012345678901',
    ],
    ['{"id":"a","amount":1,"note":[]}', 'note: expected text, got a list'],
    ['{"id":"a","amount":1,"count":1.5}', 'count: expected a whole number, got 1.5'],
    [
      '{"id":"a","amount":1,"count":9007199254740993}',
      'count: expected a whole number, got 9007199254740993',
    ],
    ['{"id":"a\\u0000","amount":1}', 'id: expected text, got text with U+0000'],
    ['{"id":"\\ud800","amount":1}', 'id: expected text, got text with U+D800'],
    ['[1]', 'row: expected an object, got a list'],
    ['5', 'row: expected an object, got 5'],
  ])('sets %s aside and lets the others stand', (bad, reason) => {
    const { rows, quarantined } = read(`[{"id":"before","amount":1},${bad},{"id":"after","amount":2}]`);
    expect(rows.map(({ id }) => id)).toEqual(['before', 'after']);
    expect(quarantined).toEqual([{ reason, raw: bad }]);
  });

  it('sets a row of a million digits aside without reading them', () => {
    const { quarantined } = read(`[{"id":"a","amount":${'9'.repeat(1_000_000)}}]`);
    expect(quarantined[0]?.reason).toMatch(/^amount: more than 20 integer digits or 18 decimals: 9{40}…$/);
  });

  it('tells the key of a row it sets aside, where those of its fields that can be read do', () => {
    const schema = z.object({ id: filledText, amount: decimalField, part: optional(text) });
    const keyOf = ({ id, part }: Partial<z.infer<typeof schema>>) =>
      id === undefined || part === undefined ? null : `${id}/${part}`;
    const values = parseBody(
      who,
      '[{"id":7,"amount":"1,000"},{"id":"","amount":1},{"id":"c","amount":1,"part":{}},{"id":"d","amount":1},3]',
    ) as unknown[];
    const fits = (wire: { readonly id: string }) => (wire.id === 'd' ? { fault: 'netWin: too large' } : wire);
    const { quarantined } = readRows(values, schema, fits, keyOf);
    expect(quarantined.map(({ key = null }) => key)).toEqual(['7/null', null, null, 'd/null', null]);
  });

  it('sets aside what the mapping cannot hold', () => {
    const given = readRows([{}], z.object({}), () => ({ fault: 'netWin: too large' }));
    expect(given).toMatchObject({ rows: [], quarantined: [{ reason: 'netWin: too large', raw: '{}' }] });
  });

  it('gives other work its turn while it reads many rows', async () => {
    const rows = Array.from({ length: 20_000 }, (_, index) => `{"id":"${index}","amount":1.50}`);
    const values = parseBody(who, `[${rows.join(',')}]`) as unknown[];
    let turns = 0;
    const others = setInterval(() => {
      turns += 1;
    }, 1);
    const { rows: records } = await readManyRows(values, row, (wire, raw) => ({ ...wire, raw }));
    clearInterval(others);
    expect(records.map(({ raw }) => raw)).toEqual(rows);
    expect(turns).toBeGreaterThan(2);
  });

  it('keeps ids beyond 2^53 exact', () => {
    expect(read('[{"id":9007199254740993,"amount":1}]').rows[0]?.id).toBe('9007199254740993');
  });
});

function caught(act: () => unknown): unknown {
  try {
    act();
  } catch (error) {
    return error;
  }
  return null;
}
