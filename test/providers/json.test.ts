import fc from 'fast-check';
import { isLosslessNumber, parse } from 'lossless-json';
import { describe, expect, it } from 'vitest';
import { readJson, readObject, toCompactJson } from '../../src/providers/json.ts';

class Refused extends Error {}
const refuse = (cause: unknown) => new Refused('no JSON', { cause });
const read = (json: string) => readJson(json, refuse);
const rows = (json: string) => (read(json) as unknown[]).map(readObject);

/** What a row's text says once it is read again, whatever its spelling. */
const meaning = (json: string): unknown =>
  JSON.parse(json, (_, value: unknown) => (typeof value === 'string' ? `"${value}` : value));

describe('readJson', () => {
  it('reads whatever the strict parser reads, to the same text', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 5 }), (json) => {
        expect(meaning(toCompactJson(read(json)))).toEqual(meaning(json));
      }),
    );
  });

  it('gives every row its own text, without the spaces between its tokens', () => {
    const row = fc.record({
      id: fc.string({ unit: 'binary' }),
      amount: fc.double({ noNaN: true, noDefaultInfinity: true }),
      more: fc.option(fc.jsonValue({ maxDepth: 2 })),
    });
    fc.assert(
      fc.property(fc.array(row), fc.integer({ min: 0, max: 3 }), (list, indent) => {
        const given = rows(JSON.stringify(list, null, indent)).map(({ raw }) => raw);
        expect(given).toEqual(list.map((each) => JSON.stringify(each)));
      }),
      { numRuns: 40 },
    );
  });

  it('reads rows that are almost alike as the strict parser reads each of them', () => {
    const key = fc.constantFrom('a', 'b', 'long name', '10', '1', 'é', 'q"', '\\', '__proto__');
    const value = fc.oneof(fc.string(), fc.integer(), fc.constant(null), fc.jsonValue({ maxDepth: 2 }));
    const spelt = (pairs: readonly (readonly [string, unknown])[], space: string) =>
      `{${pairs.map(([name, each]) => `${JSON.stringify(name)}:${space}${JSON.stringify(each)}`)}}`;
    const list = fc.uniqueArray(key, { minLength: 1 }).chain((keys) => {
      const alike = fc.tuple(...keys.map((name) => fc.tuple(fc.constant(name), value)));
      const other = fc
        .subarray(keys)
        .chain((some) =>
          fc
            .tuple(...some.map((name) => fc.tuple(fc.constant(name), value)))
            .map((pairs) => [...pairs].reverse()),
        );
      const row = fc.oneof({ weight: 3, arbitrary: alike }, { weight: 1, arbitrary: other });
      return fc.array(fc.tuple(row, fc.constantFrom('', '', '', ' ')), { maxLength: 8 });
    });
    fc.assert(
      fc.property(list, (all) => {
        const texts = all.map(([pairs, space]) => spelt(pairs, space));
        const given = rows(`[${texts}]`);
        expect(given.map(({ value: read }) => toCompactJson(read))).toEqual(
          texts.map((each) => toCompactJson(parse(each))),
        );
        expect(given.map((each) => Object.keys(each.value as object))).toEqual(
          texts.map((each) => Object.keys(parse(each) as object)),
        );
        expect(given.map(({ raw }) => raw)).toEqual(all.map(([pairs]) => spelt(pairs, '')));
      }),
      { numRuns: 300 },
    );
  });

  it('keeps numbers exact and keys that look like numbers in their place', () => {
    const row =
      '{"z":12345678901234567890,"10":1.10,"2":1E+3,"m":-0,"__proto__":{"y":[0.000000000000000001]}}';
    const first = rows(`[ ${row} ]`)[0]!;
    expect(first.raw).toBe(row);
    const { z } = first.value as Record<string, unknown>;
    expect(isLosslessNumber(z) && z.value).toBe('12345678901234567890');
  });

  it('reads braces, quotes and backslashes within texts as texts', () => {
    const texts = ['}', '{"', '\\', '\\"', '"}', '[{', '\u2028', 'é😀', '\n\t'];
    const json = JSON.stringify(texts.map((text) => ({ text, [text]: { text } })));
    expect(rows(json).map(({ value }) => (value as { text: string }).text)).toEqual(texts);
  });

  it.each([
    '',
    '[',
    '[{"a":1}',
    '[{"a":1}}',
    '[{"a":1},]',
    '[{"a":"1]',
    '{"a":1,"a":2}',
    '{"a":"\u0001"}',
    '{"a":01}',
    '{"a":1.}',
    '{"a":+1}',
    'tru',
    '{"a":NaN}',
    '[] []',
    '['.repeat(100_000),
  ])('refuses %j', (json) => {
    expect(() => parse(json)).toThrow();
    expect(() => read(json)).toThrow(Refused);
  });

  it('reads a row with a text of megabytes between spaces', () => {
    const row = JSON.stringify({ a: 'x'.repeat(9_000_000), b: 1 });
    expect(rows(`[${row.replace(',"b"', ' , "b"')}]`)[0]?.raw).toHaveLength(row.length);
  });

  it.each(['[', '{"a":', '[{"a":'])('refuses what lies too deep within %s', (unit) => {
    const close = { '[': ']', '{"a":': '}', '[{"a":': '}]' }[unit] ?? '';
    for (const depth of [300, 3_000])
      expect(() => rows(`[${unit.repeat(depth)}1${close.repeat(depth)}]`)).toThrow(Refused);
  });

  it.each(['{"a":NaN}', '{"a":1,"a":2}', '{"a" 1}', '{"a":"\u0001"}', '{a:1}', '{"a":[1,]}'])(
    'refuses the row %j when it is read',
    (row) => {
      const list = read(`[{"a":0},${row}]`) as unknown[];
      expect(readObject(list[0]).raw).toBe('{"a":0}');
      expect(() => readObject(list[1])).toThrow(Refused);
    },
  );

  it('tolerates one key with one value twice, as the strict parser does', () => {
    expect(rows('[{"a":1,"a":1}]')[0]?.value).toEqual(parse('{"a":1}'));
  });
});
