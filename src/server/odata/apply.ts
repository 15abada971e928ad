import { type Aliases, type AskedAggregate, readApply, type Transformation } from './filter.ts';
import type { EntityType, Property } from './model.ts';
import { ODataError } from './odata-error.ts';

/** An `$apply`, and the entities that come out of it. */
export interface Applied {
  readonly steps: readonly Transformation[];
  readonly type: EntityType;
  /** Whether it makes others of the entities. */
  readonly isGrouped: boolean;
}

/** Reads an `$apply`; null where there is none. Throws an ODataError naming what is wrong, 501 for what is not here. */
export function readApplied(
  text: string | undefined,
  entities: EntityType,
  aliases: Aliases,
): Applied | null {
  if (text === undefined) return null;
  let type = entities;
  const steps = readApply(text, entities, aliases, (grouping) => {
    type = groupType(type, grouping);
    return type;
  });
  return { steps, type, isGrouped: type !== entities };
}

function groupType(
  { name }: EntityType,
  { by, aggregates }: Extract<Transformation, { step: 'group' }>,
): EntityType {
  const properties = [...by, ...aggregates.map(propertyOf)];
  const names = properties.map((property) => property.name);
  const twice = names.find((each, at) => names.indexOf(each) !== at);
  if (twice !== undefined) throw new ODataError('$apply', `the name "${twice}" came twice`);
  return { name, key: by.map((property) => property.name), properties };
}

function propertyOf({ name, of }: AskedAggregate): Property {
  if (of === null || of.method === 'countdistinct')
    return { name, type: 'count', nullable: false, stored: null };
  const { method, operand } = of;
  const type = method === 'sum' || method === 'average' ? 'decimal' : operand.type;
  return { name, type, nullable: true, stored: null };
}
