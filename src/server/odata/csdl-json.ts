import { MAX_INTEGER_DIGITS, MAX_SCALE } from '../../records/decimal.ts';
import {
  type AnnotationRecord,
  type Annotations,
  type AnnotationValue,
  serviceCapabilities,
  setCapabilities,
} from './capabilities.ts';
import { CONTAINER, NAMESPACE, referentialConstraints, typeNameOf, VOCABULARY } from './csdl.ts';
import { dimensions, type EntitySet, type Navigation, type Property } from './model.ts';

// A type that is not said is Edm.String.
const facets: Readonly<Record<Property['type'], object>> = {
  text: {},
  decimal: { $Type: 'Edm.Decimal', $Precision: MAX_INTEGER_DIGITS + MAX_SCALE, $Scale: MAX_SCALE },
  time: { $Type: 'Edm.DateTimeOffset', $Precision: 3 },
  date: { $Type: 'Edm.Date' },
  int: { $Type: 'Edm.Int32' },
  count: { $Type: 'Edm.Int64' },
  bool: { $Type: 'Edm.Boolean' },
};

/** The service's CSDL as JSON (version 4.01): the same as in XML. */
export function writeJsonMetadata(sets: readonly EntitySet[]): string {
  const container = {
    $Kind: 'EntityContainer',
    ...Object.fromEntries(sets.map((set) => [set.name, spellSet(set)])),
    ...annotate(serviceCapabilities()),
  };
  return JSON.stringify({
    $Version: '4.01',
    $EntityContainer: `${NAMESPACE}.${CONTAINER}`,
    $Reference: {
      [`${VOCABULARY.address}.json`]: {
        $Include: [{ $Namespace: VOCABULARY.namespace, $Alias: VOCABULARY.alias }],
      },
    },
    [NAMESPACE]: {
      ...Object.fromEntries(sets.map(({ type }) => [type.name, spellType(type)])),
      [CONTAINER]: container,
    },
  });
}

function spellType({ key, properties, navigations = [] }: EntitySet['type']): object {
  return {
    $Kind: 'EntityType',
    $Key: key,
    ...Object.fromEntries(
      properties.map(({ name, type, nullable }) => [
        name,
        { ...facets[type], ...(nullable && { $Nullable: true }) },
      ]),
    ),
    ...Object.fromEntries(navigations.map((each) => [each.name, spellNavigation(each, properties)])),
  };
}

function spellNavigation(navigation: Navigation, properties: readonly Property[]): object {
  const constraints = referentialConstraints(navigation, properties);
  return {
    $Kind: 'NavigationProperty',
    $Type: typeNameOf(dimensions[navigation.to]),
    ...(navigation.nullable && { $Nullable: true }),
    ...(constraints.length > 0 && { $ReferentialConstraint: Object.fromEntries(constraints) }),
  };
}

function spellSet(set: EntitySet): object {
  const { navigations = [] } = set.type;
  return {
    $Collection: true,
    $Type: typeNameOf(set),
    ...(navigations.length > 0 && {
      $NavigationPropertyBinding: Object.fromEntries(navigations.map(({ name, to }) => [name, to])),
    }),
    ...annotate(setCapabilities(set)),
  };
}

function annotate(annotations: Annotations): object {
  return Object.fromEntries(
    Object.entries(annotations).map(([term, value]) => [`@${VOCABULARY.alias}.${term}`, spell(value)]),
  );
}

/** A member of an enumeration is its name alone. */
function spell(value: AnnotationValue): unknown {
  if (typeof value === 'string') return value.slice(value.indexOf('/') + 1);
  if (typeof value !== 'object') return value;
  if (Array.isArray(value)) {
    const items: readonly (string | AnnotationRecord)[] = value;
    return items.map((each) => (typeof each === 'string' ? each : spell(each)));
  }
  return Object.fromEntries(Object.entries(value).map(([name, of]) => [name, spell(of)]));
}
