import type { FieldSpec, FieldType, Vocabulary } from '../../records/field.ts';
import { Field, Int } from './decorators.ts';
import { BetOutcomeEnum, BetStatusEnum, TransferDirectionEnum } from './enums.ts';
import { DateTime, Decimal } from './scalars.ts';

const types = {
  text: String,
  decimal: Decimal,
  time: DateTime,
  int: Int,
  bool: Boolean,
  texts: String,
} as const satisfies Readonly<Record<FieldType, unknown>>;

const enums = {
  BetStatus: BetStatusEnum,
  BetOutcome: BetOutcomeEnum,
  TransferDirection: TransferDirectionEnum,
} as const satisfies Readonly<Record<Vocabulary, object>>;

/** The graph's type of a field's values; of a list, that of its items. */
export function typeOf({ type, of }: FieldSpec) {
  return of === undefined ? types[type] : enums[of];
}

/** Declares a field of a table on a class of the graph. */
export function decorateFrom(spec: FieldSpec, prototype: object, name: string): void {
  const { type, nullable = false, description } = spec;
  const decorate =
    type === 'texts'
      ? Field(() => [String], { nullable: nullable ? 'itemsAndList' : 'items', description })
      : Field(() => typeOf(spec), { nullable, description });
  decorate(prototype, name);
}
