import type { GraphQLResolveInfo } from 'graphql';
import type { Decimal } from '../../records/decimal.ts';
import type { FieldSpec, SumSpec } from '../../records/field.ts';
import { kinds } from '../../records/kinds/kinds.ts';
import { type SummedField, summedFields, type TotalsRow } from '../../records/query.ts';
import type { RecordKind } from '../../records/record.ts';
import { Field, FieldResolver, Info, Root } from '../schema/decorators.ts';
import { Decimal as DecimalScalar } from '../schema/scalars.ts';
import { amountOf, type MoneyRow, sumOf } from './money.ts';
import { type Figure, moneyFigure } from './order.ts';
import type { TotalsRowSource } from './read.ts';

/** A field of totals that is made of the archive's sums: one of them, or a formula over some. */
export interface Amount<K extends RecordKind, Name extends string = string> {
  readonly name: Name;
  readonly description: string;
  /** Whether it is null where there is nothing to tell, rather than zero. @default false */
  readonly nullable?: true;
  /** As it is shown; throws a BadUserInputError where the row mixes currencies. */
  readonly of: (row: TotalsRow<K>) => Decimal | null;
  /** As rows are ordered by it. */
  readonly figure: Figure<TotalsRow<K>>;
}

/** A sum for each field of the kind's table that totals add up, in its order. */
export function sumAmounts<K extends RecordKind>(kind: K): readonly Amount<K, SummedField<K>>[] {
  const fields: Readonly<Record<string, FieldSpec>> = kinds[kind].fields;
  return summedFields(kind).flatMap((name) => {
    const { summed } = fields[name] ?? {};
    return summed === undefined ? [] : [{ name, ...sumAmount(name, summed) }];
  });
}

function sumAmount(name: string, { description, nullable }: SumSpec) {
  const sum = (row: MoneyRow<string>) => sumOf(row, name);
  const figure = moneyFigure(sum, name);
  if (nullable === true) return { description, nullable, of: sum, figure };
  return { description, of: (row: MoneyRow<string>) => amountOf(row, name), figure };
}

/** How rows are ordered by each of these. */
export function figuresOf<K extends RecordKind, Name extends string>(
  amounts: readonly Amount<K, Name>[],
): Readonly<Record<Name, Figure<TotalsRow<K>>>> {
  const figures = Object.fromEntries(amounts.map(({ name, figure }) => [name, figure]));
  // Every name is there that the list's type says.
  return figures as Readonly<Record<Name, Figure<TotalsRow<K>>>>;
}

/**
 * Declares these on a type of rows, after what is declared there, and how its resolver class resolves them. Each is
 * nullable: where rows mix currencies it is null, and an error at the first of them says why, once for each field
 * selected.
 */
export function addAmounts<K extends RecordKind>(
  amounts: readonly Amount<K>[],
  { row, resolver }: { readonly row: { prototype: object }; readonly resolver: { prototype: object } },
): void {
  for (const { name, description, of } of amounts) {
    Field(() => DecimalScalar, { nullable: true, description })(row.prototype, name);
    const value = ({ record, refused }: TotalsRowSource<K>, { path }: GraphQLResolveInfo) => {
      if (record.currencies.length > 1) {
        if (refused.has(path.key)) return null;
        refused.add(path.key);
      }
      return of(record);
    };
    Object.defineProperty(resolver.prototype, name, { value });
    FieldResolver()(resolver.prototype, name, { value });
    Root()(resolver.prototype, name, 0);
    Info()(resolver.prototype, name, 1);
  }
}
