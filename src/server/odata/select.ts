import { type EntityType, findNavigation, findProperty, type Property } from './model.ts';
import { noSuchProperty } from './odata-error.ts';

/**
 * The properties that a `$select` names, in the type's order; null for all of them. Names of navigation properties may
 * stand among them, as some clients name what they expand twice.
 */
export function readSelect(
  text: string | undefined,
  type: EntityType,
  option = '$select',
): readonly Property[] | null {
  if (text === undefined) return null;
  const names = text.split(',').map((name) => name.trim());
  const stranger = names.find(
    (name) =>
      name !== '*' && findProperty(type, name) === undefined && findNavigation(type, name) === undefined,
  );
  if (stranger !== undefined)
    throw noSuchProperty(
      option,
      stranger,
      type.properties.map(({ name }) => name),
    );
  return names.includes('*') ? null : type.properties.filter(({ name }) => names.includes(name));
}
