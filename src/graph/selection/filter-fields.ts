import type { FieldSpec, FilterSpec } from '../../records/field.ts';
import { kinds } from '../../records/kinds/kinds.ts';
import type { Scalar, Where, Withdrawn } from '../../records/query.ts';
import type { RecordKind } from '../../records/record.ts';
import { Field } from '../schema/decorators.ts';
import { WithdrawnEnum } from '../schema/enums.ts';
import { typeOf } from '../schema/field-types.ts';
import type { Players } from '../viewer.ts';
import { allOf, oneOf } from './where.ts';

const keySpec: FieldSpec = { type: 'text', description: 'The provider’s key.' };

/** A condition of a kind's table, with the field it looks at. */
export interface KindFilter extends FilterSpec {
  readonly name: string;
  readonly spec: FieldSpec;
}

/** The conditions a kind's filter has on top of those that every kind has, in order. */
export function filtersOf(kind: RecordKind): readonly KindFilter[] {
  const fields: Readonly<Record<string, FieldSpec>> = kinds[kind].fields;
  return Object.entries<FilterSpec>(kinds[kind].filters).map(([name, filter]) => ({
    name,
    ...filter,
    spec: filter.field === 'key' ? keySpec : fields[filter.field]!,
  }));
}

/** What every kind's filter has after the conditions of its table. */
export interface WithdrawnFilter {
  readonly withdrawn?: Withdrawn | null;
}

/** Declares the conditions of a kind's table on its input type, after what is declared there. */
export function FilterFields(kind: RecordKind) {
  return ({ prototype }: { readonly prototype: object }): void => {
    for (const { name, spec, single, description } of filtersOf(kind)) {
      const type = typeOf(spec);
      Field(() => (single === true ? type : [type]), { nullable: true, description })(prototype, name);
    }
    Field(() => WithdrawnEnum, {
      nullable: true,
      defaultValue: 'exclude',
      description: 'What is done about rows that their provider no longer lists.',
    })(prototype, 'withdrawn');
  };
}

/** Values of a kind's filters by their names, as a client sent them. */
export type FilterValues = Readonly<Record<string, unknown>>;

/** What the conditions of a kind's table ask for; throws a BadUserInputError for what cannot be. */
export function toWhere(kind: RecordKind, values: object, players: Players): Where | null {
  return allOf(
    ...filtersOf(kind).map(({ name, field, spec, single }) => {
      const value = (values as FilterValues)[name] ?? null;
      if (value === null) return null;
      // What the schema's types let through is what the field's own type has.
      if (single === true) return { op: 'eq', column: field, value: value as Scalar } as const;
      const listed = value as readonly Scalar[];
      return oneOf(
        name,
        field,
        spec.sealed === true ? listed.map((shown) => players.unsealed(String(shown))) : listed,
      );
    }),
  );
}
