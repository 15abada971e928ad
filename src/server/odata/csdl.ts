import type { EntitySet, Navigation, Property } from './model.ts';

export const NAMESPACE = 'countroom';
export const CONTAINER = 'Container';

/** Where the terms of annotations are explained; the address is without the ending that tells XML from JSON. */
export const VOCABULARY = {
  address: 'https://oasis-tcs.github.io/odata-vocabularies/vocabularies/Org.OData.Capabilities.V1',
  namespace: 'Org.OData.Capabilities.V1',
  alias: 'Capabilities',
} as const;

export function typeNameOf({ type }: EntitySet): string {
  return `${NAMESPACE}.${type.name}`;
}

/** The own properties that are the other's key, as pairs; none where a part of the key is not one as it stands. */
export function referentialConstraints(
  { by }: Navigation,
  properties: readonly Property[],
): readonly (readonly [own: string, other: string])[] {
  const pairs = Object.entries(by).map(([other, own]) => [own, other] as const);
  const isTime = (name: string) => properties.find((each) => each.name === name)?.type === 'time';
  return pairs.some(([own]) => isTime(own)) ? [] : pairs;
}
