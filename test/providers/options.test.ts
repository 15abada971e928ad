import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { choice, filled, flag, pathOption, wholeNumber } from '../../src/providers/options.ts';

describe('options', () => {
  it('takes the contract’s spelling and the documents’, and answers with the contract’s', () => {
    const scheme = choice('pipe', 'concatBody');
    expect(scheme.parse('concatBody')).toBe('concatBody');
    expect(scheme.parse('CONCAT_BODY')).toBe('concatBody');
    expect(scheme.parse('PIPE')).toBe('pipe');
    expect(choice('md5', 'sha256').parse('SHA256')).toBe('sha256');
  });

  it('names the words there are', () => {
    const error = choice('pipe', 'concatBody').safeParse('dots').error;
    expect(error?.issues[0]?.message).toBe('expected one of pipe, concatBody');
  });

  it('reads what environment variables carry as text', () => {
    expect(flag.parse('true')).toBe(true);
    expect(flag.parse(false)).toBe(false);
    expect(wholeNumber(1, 5_000).parse('5000')).toBe(5_000);
    expect(filled.parse(' key\n')).toBe('key');
  });

  it.each([
    [flag, 'yes'],
    [wholeNumber(1, 5_000), 0],
    [wholeNumber(1, 5_000), '5001'],
    [wholeNumber(1, 5_000), 1.5],
    [filled, '  '],
    [pathOption, 'api/list'],
    [pathOption, '/api?x=1'],
  ])('refuses what does not fit', (schema, value) => {
    expect(schema.safeParse(value).success).toBe(false);
  });

  it('can be written as JSON Schema', () => {
    const schema = z.strictObject({ a: choice('ms', 's').default('ms'), b: flag.default(false) });
    expect(z.toJSONSchema(schema, { io: 'input' })).toMatchObject({
      properties: { a: { enum: ['ms', 's', 'MS', 'S'] } },
      additionalProperties: false,
    });
  });
});
