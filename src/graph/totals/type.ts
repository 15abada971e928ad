import { Coverage } from '../coverage/type.ts';
import { type ClassType, Field, ObjectType } from '../schema/decorators.ts';

/** The totals type of one kind: its rows, and what stands behind them. */
export function createTotalsType<T extends object>(row: ClassType<T>, name: string, plural: string) {
  @ObjectType(`${name}Totals`, {
    simpleResolvers: true,
    description:
      `Totals over ${plural}, and how complete the rows behind them are. No total is right before ` +
      '`coverage.complete`.',
  })
  class Totals {
    @Field(() => [row], { description: `A row for every group that has ${plural}.` })
    rows!: readonly T[];

    @Field(() => Coverage, { description: 'How much of the asked range is there.' })
    coverage!: Coverage;
  }
  return Totals;
}
