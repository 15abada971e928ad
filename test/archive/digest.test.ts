import { describe, expect, it } from 'vitest';
import { addedFields, digestOf } from '../../src/archive/digest.ts';
import { kindColumns } from '../../src/records/shape.ts';
import { bet, failure, transfer } from './conformance/sample.ts';

describe('the digest of a record', () => {
  const row = bet('b', 1_000);
  const recorded = digestOf('BET', row, []);

  it('is what 0.1.0 kept', () => {
    expect(recorded).toBe(5_822_646_541_538_665_792n);
    expect(digestOf('BET', row)).toBe(recorded);
    expect(digestOf('TRANSFER', transfer('t', 5))).toBe(-7_011_951_455_721_441_874n);
    expect(digestOf('SEQ_NO_FAILURE', failure('f', 6))).toBe(-1_283_842_574_104_896_442n);
  });

  it('stays where a field is added that the row has no value of, wherever it stands in the table', () => {
    const columns = [{ name: 'zNewField' }, ...kindColumns.BET.toReversed(), { name: 'aNewField' }];
    const added = addedFields('BET', columns);
    expect(added).toEqual(['aNewField', 'zNewField']);
    expect(digestOf('BET', row, added)).toBe(recorded);
    expect(digestOf('BET', { ...row, aNewField: null, zNewField: undefined } as typeof row, added)).toBe(
      recorded,
    );
  });

  it('differs by the value of an added field, and by which field has it', () => {
    const added = addedFields('BET', [...kindColumns.BET, { name: 'other' }, { name: 'one' }]);
    const digests = [{ one: 'x' }, { one: 'y' }, { other: 'x' }, { one: 'x', other: 'x' }, { one: '' }].map(
      (fields) => digestOf('BET', { ...row, ...fields } as typeof row, added),
    );
    expect(new Set([...digests, recorded]).size).toBe(6);
  });

  it('differs by every field of a record', () => {
    for (const { name } of kindColumns.BET) {
      expect(digestOf('BET', { ...row, [name]: 'another' } as typeof row)).not.toBe(recorded);
    }
  });
});
