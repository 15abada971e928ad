import { describe, expect, it } from 'vitest';
import { axisField } from '../../src/records/axis.ts';
import { checkField, defineKind, type FieldSpec } from '../../src/records/field.ts';
import { kinds } from '../../src/records/kinds/kinds.ts';
import { recordKinds } from '../../src/records/record.ts';

const described = { description: 'A field.' };
const shell = { name: 'Bet', table: 'bets', key: null, player: 'Who bet.' } as const;

describe('a table of fields', () => {
  it('is refused with the name of the field whose type is not known, by the compiler and at start', () => {
    const define = () =>
      defineKind({
        ...shell,
        fields: {
          // @ts-expect-error: there is no such type
          seat: { type: 'txt', ...described },
        },
        filters: {},
      });
    expect(define).toThrow('Bet.seat: expected a type of text, decimal, time, int, bool, texts, got "txt"');
  });

  it('is refused with the name of a filter that looks at no field of it', () => {
    const define = () =>
      defineKind({
        ...shell,
        fields: { seat: { type: 'text', ...described } },
        filters: {
          // @ts-expect-error: there is no such field
          seats: { field: 'seet', description: 'Seats.' },
        },
      });
    expect(define).toThrow('Bet: filter seats expected one of the kind\'s fields, got "seet"');
  });

  it.each([
    ['a property that means nothing', { type: 'text', nulable: true }, 'got "nulable"'],
    ['a vocabulary that is not there', { type: 'text', of: 'BetMood' }, 'got "BetMood"'],
    ['a sum of texts', { type: 'text', summed: { description: '', measure: '' } }, 'expected type decimal'],
    ['an axis that is no time', { type: 'int', axis: 'ONLY' }, 'expected type time'],
    ['a type that every object has', { type: 'constructor' }, 'got "constructor"'],
  ])('is refused for %s', (_, spec, words) => {
    expect(() => checkField('Bet.seat', { ...described, ...spec } as FieldSpec)).toThrow(words);
  });

  it.each(recordKinds)('of %s has one field a time axis, and describes every field', (kind) => {
    const axes = Object.values<FieldSpec>(kinds[kind].fields).flatMap(({ axis }) => axis ?? []);
    expect(axes).toEqual([...new Set(axes)]);
    expect(axisField(kind, 'SETTLED')).toEqual(expect.any(String));
    const undescribed = Object.entries<FieldSpec>(kinds[kind].fields).filter(
      ([, { description }]) => !/^.+\.$/s.test(description),
    );
    expect(undescribed).toEqual([]);
  });
});
