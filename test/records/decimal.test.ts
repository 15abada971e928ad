import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type Decimal,
  decimal,
  fits,
  fromUnits,
  negate,
  parseDecimal,
  scaleOf,
  sign,
  sum,
  unitsOf,
} from '../../src/records/decimal.ts';

const NOT_A_NUMBER = { fault: 'not a decimal number' };
const TOO_LONG = { fault: 'more than 20 integer digits or 18 decimals' };

const digits = (most: number) =>
  fc
    .integer({ min: 0, max: 9 })
    .chain((first) =>
      fc
        .array(fc.integer({ min: 0, max: 9 }), { maxLength: most - 1 })
        .map((rest) => [first, ...rest].join('')),
    );
const plain = fc.tuple(fc.boolean(), digits(20), fc.option(digits(18))).map(([minus, whole, fraction]) => {
  const canonical = String(BigInt(whole));
  const text = fraction === null ? canonical : `${canonical}.${fraction}`;
  return minus && /[1-9]/.test(text) ? `-${text}` : text;
});
const value = plain.map((text) => decimal(text));

const read = (text: string) => parseDecimal(text);

describe('reading', () => {
  test('gives back what is spelt plainly, digit for digit', () => {
    fc.assert(
      fc.property(plain, (text) => {
        expect(read(text)).toEqual({ value: text });
        expect(fromUnits(unitsOf(text as Decimal), scaleOf(text as Decimal))).toBe(text);
      }),
    );
  });

  test('an exponent moves the point and changes nothing else', () => {
    const exponent = fc.integer({ min: -18, max: 18 });
    fc.assert(
      fc.property(plain, exponent, fc.constantFrom('e', 'E'), fc.boolean(), (text, power, e, plus) => {
        const moved = read(`${text}${e}${plus && power >= 0 ? '+' : ''}${power}`);
        const scale = Math.max(0, scaleOf(text as Decimal) - power);
        const units = unitsOf(text as Decimal) * 10n ** BigInt(Math.max(0, power - scaleOf(text as Decimal)));
        const expected = fromUnits(units, scale);
        expect(moved).toEqual(scale <= 18 && fits(expected) ? { value: expected } : TOO_LONG);
      }),
    );
  });

  test.each([
    ['1e-7', '0.0000001'],
    ['1E+3', '1000'],
    ['12.5e1', '125'],
    ['1.50e1', '15.0'],
    ['-0', '0'],
    ['-0.00', '0.00'],
    ['007.10', '7.10'],
    ['0.360000', '0.360000'],
    ['12345678901234567890.123456789012345678', '12345678901234567890.123456789012345678'],
    ['0e0', '0'],
    ['0e18', '0'],
  ])('reads %s as %s', (text, expected) => {
    expect(read(text)).toEqual({ value: expected });
  });

  test.each([
    '',
    ' 1.0 ',
    '1 ',
    '1,234.50',
    '1.234,50',
    'NaN',
    'Infinity',
    '-',
    '.',
    '.5',
    '5.',
    '+1',
    '0x10',
    '1e',
    '1e1.5',
    '--1',
    '1_000',
    '１',
    '1\n',
    '1e9999',
  ])('refuses %j', (text) => {
    expect(read(text)).toEqual(NOT_A_NUMBER);
  });

  test.each([
    '123456789012345678901',
    '0.1234567890123456789',
    '1e20',
    '1e-19',
    '1e999',
    '1e-999',
    '9'.repeat(81),
  ])('takes %s for too long', (text) => {
    expect(read(text)).toEqual(TOO_LONG);
  });

  test('refuses a million digits without reading them', () => {
    const million = '9'.repeat(1_000_000);
    const before = process.cpuUsage();
    for (let time = 0; time < 1_000; time += 1) expect(read(million)).toEqual(TOO_LONG);
    const { user, system } = process.cpuUsage(before);
    expect(user + system).toBeLessThan(1_000_000);
  });

  test('a literal that is none is a fault of ours', () => {
    expect(() => decimal('1,5')).toThrow(RangeError);
  });
});

describe('arithmetic', () => {
  test('sums are exact, in any order, at the largest scale', () => {
    fc.assert(
      fc.property(fc.array(value, { maxLength: 8 }), (values) => {
        const total = sum(...values);
        expect(sum(...values.toReversed())).toBe(total);
        expect(scaleOf(total)).toBe(Math.max(0, ...values.map(scaleOf)));
        const units = values.reduce((all, each) => all + unitsOf(each, 18), 0n);
        expect(unitsOf(total, 18)).toBe(units);
      }),
    );
  });

  test('a value and its negation come to nothing', () => {
    fc.assert(
      fc.property(value, (each) => {
        expect(sign(sum(each, negate(each)))).toBe(0);
        expect(negate(negate(each))).toBe(each);
        expect(Math.abs(sign(each))).toBe(sign(each) === 0 ? 0 : 1);
        expect(sign(negate(each)) + sign(each)).toBe(0);
      }),
    );
  });

  test('zero has no sign, whatever its scale', () => {
    expect([negate(decimal('0.00')), sum(), sum(decimal('1.5'), decimal('-1.50'))]).toEqual([
      '0.00',
      '0',
      '0.00',
    ]);
  });

  test('what was read fits; what was computed may not', () => {
    fc.assert(fc.property(value, fits));
    const most = decimal('99999999999999999999');
    expect(fits(sum(most, decimal('1')))).toBe(false);
    expect(() => unitsOf(decimal('0.12'), 1)).toThrow(RangeError);
  });
});
