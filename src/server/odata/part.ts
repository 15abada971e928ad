import type { RequestContext } from '../../graph/context.ts';
import type { FlatValue } from '../export/flat-row.ts';
import type { ServedSet } from './answer.ts';
import { shapeOf } from './context-address.ts';
import { expansionOf } from './expand.ts';
import { readWithin, withKeys } from './expanded.ts';
import { dimensions, type Property } from './model.ts';
import { type RawOptions, readOptions } from './options.ts';
import type { Resource } from './path.ts';

type EntityResource = Extract<Resource, { is: 'entity' }> & { readonly set: ServedSet };

/** One property of an entity, or the entity of another set that it is of. */
export type Part =
  | { readonly is: 'nothing' }
  | { readonly is: 'text'; readonly text: string }
  | {
      readonly is: 'object';
      /** What a context address says of it; null for the resource's own. */
      readonly context: string | null;
      readonly select: readonly Property[];
      readonly values: readonly FlatValue[];
    };

/** Reads what an address names of an entity; null where there is no such entity that may be seen. */
export function readPart(
  context: RequestContext,
  resource: EntityResource,
  raw: RawOptions,
): Promise<Part | null> {
  return resource.navigation === null
    ? readProperty(context, resource, raw)
    : readNavigation(context, resource, raw);
}

async function readProperty(
  context: RequestContext,
  { set, key, property }: EntityResource,
  raw: RawOptions,
): Promise<Part | null> {
  const select = set.type.properties.filter(({ name }) => name === property?.name);
  const values = await set.entity(context, key, { ...readOptions(raw, set.type), select });
  if (values === null) return null;
  const value = values[0] ?? null;
  if (value === null) return { is: 'nothing' };
  if (property?.bare !== true) {
    return { is: 'object', context: null, select: select.map((of) => ({ ...of, name: 'value' })), values };
  }
  const isTime = select[0]?.type === 'time';
  return { is: 'text', text: isTime ? new Date(Number(value)).toISOString() : String(value) };
}

async function readNavigation(
  context: RequestContext,
  { set, key, navigation }: EntityResource,
  raw: RawOptions,
): Promise<Part | null> {
  const to = navigation!.to;
  // What is selected is selected of the other entity.
  const options = readOptions(raw, dimensions[to].type);
  const expansion = expansionOf(navigation!, options.selects ? options.select : null);
  const asked = withKeys({ ...options, select: [], selects: true, expand: [expansion] }, set.type);
  const values = await set.entity(context, key, asked);
  if (values === null) return null;
  const [[inner = null] = []] = await readWithin(context, asked, [values]);
  if (inner === null) return { is: 'nothing' };
  const address = `${to}${shapeOf({ ...options, expand: [] })}/$entity`;
  return { is: 'object', context: address, select: expansion.select, values: inner };
}
