import type { RequestContext } from '../../graph/context.ts';
import type { ShownName, Value } from '../../records/expression.ts';
import { idTypeOf } from '../../records/flat.ts';
import { shownNames } from '../export/flat-writer.ts';
import type { Property, RowSet } from './model.ts';
import { ODataError } from './odata-error.ts';
import type { Operand } from './operand.ts';

/** What an operand is in the archive's engine, as the viewer may see it; `names` are the properties that are asked of. */
export async function createValues(
  context: RequestContext,
  set: RowSet,
  names: readonly string[],
): Promise<(operand: Operand) => Value> {
  const isNamed = names.includes('player') || names.includes('providerUsername');
  const shown = isNamed && !context.viewer.readsPlayers ? await shownNames(context) : null;
  function toValue(operand: Operand): Value {
    if (operand.is === 'property') return propertyValue(context, set, operand.property, shown);
    if (operand.is === 'call') return { is: 'call', call: operand.call, of: operand.of.map(toValue) };
    return { is: 'literal', type: operand.type, value: operand.value };
  }
  return toValue;
}

function propertyValue(
  { viewer }: RequestContext,
  { kind }: RowSet,
  { name, stored, sealed }: Property,
  shown: readonly ShownName[] | null,
): Value {
  const hides = !viewer.readsPlayers;
  if (name === 'player') return { is: 'name', name, shown };
  if (name === 'providerUsername' && hides) return { is: 'name', name, shown };
  if (name === 'provider') return { is: 'call', call: 'toupper', of: [{ is: 'column', column: 'provider' }] };
  const isSealed = hides && (sealed === true || (name === 'id' && kind === 'SEQ_NO_FAILURE'));
  if (isSealed) {
    throw new ODataError(
      '$filter',
      `${name}: it is sealed for you, and can be compared by eq, ne and in alone`,
      {
        statusCode: 501,
      },
    );
  }
  if (name === 'id') return { is: 'id', type: idTypeOf[kind] };
  if (name === 'raw' && !viewer.readsRaw) return { is: 'literal', type: 'text', value: null };
  return { is: 'column', column: stored! };
}
