import type { FieldSpec, FilterSpec } from '../../records/field.ts';
import type { Interval } from '../../records/interval.ts';
import { kinds } from '../../records/kinds/kinds.ts';
import type { Scalar, TimeAxis, Where, Withdrawn } from '../../records/query.ts';
import type { ProviderName, RecordKind } from '../../records/record.ts';
import type { RequestContext } from '../context.ts';
import { Field, ID } from '../schema/decorators.ts';
import { WithdrawnEnum } from '../schema/enums.ts';
import { typeOf } from '../schema/field-types.ts';
import { ProviderNameEnum } from '../schema/provider-name.ts';
import type { Players } from '../viewer.ts';
import { checkList, checkRange } from './checks.ts';
import { type Selection, select } from './scope.ts';
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

/** What every kind's filter has beside the conditions of its table; `FilterFields` declares all of it but the range. */
export abstract class RowFilter {
  abstract readonly range: Interval;
  declare readonly accounts?: readonly string[] | null;
  declare readonly providers?: readonly ProviderName[] | null;
  declare readonly players?: readonly string[] | null;
  declare readonly withdrawn?: Withdrawn | null;
}

/**
 * Declares what every filter has, and the conditions of a kind's table, on its input type, after what is declared there;
 * `account` is the example of one.
 */
export function FilterFields(kind: RecordKind, account: string) {
  return ({ prototype }: { readonly prototype: object }): void => {
    Field(() => [ID], { nullable: true, description: `Configured accounts, such as \`${account}\`.` })(
      prototype,
      'accounts',
    );
    Field(() => [ProviderNameEnum], { nullable: true, description: 'Providers.' })(prototype, 'providers');
    Field(() => [String], { nullable: true, description: 'Players, by the operator’s names.' })(
      prototype,
      'players',
    );
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

/** What the filter of a kind asks for; throws a BadUserInputError for what cannot be. */
export function selectRows<K extends RecordKind>(
  context: RequestContext,
  kind: K,
  filter: RowFilter,
  axis: TimeAxis = 'SETTLED',
): Promise<Selection<K>> {
  const { accounts, providers, withdrawn } = filter;
  return select(context, {
    kind,
    range: checkRange('range', filter.range),
    axis,
    accounts,
    providers,
    players: checkList('players', filter.players),
    withdrawn,
    where: toWhere(kind, filter, context.players),
  });
}

/** Values of a kind's filters by their names, as a client sent them. */
export type FilterValues = Readonly<Record<string, unknown>>;

/** What the conditions of a kind's table ask for; throws a BadUserInputError for what cannot be. */
export function toWhere(kind: RecordKind, values: object, players: Players): Where | null {
  return allOf(
    ...filtersOf(kind).map(({ name, field, spec, single, bound }): Where | null => {
      const value = (values as FilterValues)[name] ?? null;
      if (value === null) return null;
      // What the schema's types let through is what the field's own type has.
      if (single === true) return { op: bound ?? 'eq', column: field, value: value as Scalar };
      const listed = value as readonly Scalar[];
      return oneOf(
        name,
        field,
        spec.sealed === true ? listed.map((shown) => players.unsealed(String(shown))) : listed,
      );
    }),
  );
}
