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

const edmTypes: Readonly<Record<Property['type'], string>> = {
  text: 'Type="Edm.String"',
  decimal: `Type="Edm.Decimal" Precision="${MAX_INTEGER_DIGITS + MAX_SCALE}" Scale="${MAX_SCALE}"`,
  time: 'Type="Edm.DateTimeOffset" Precision="3"',
  date: 'Type="Edm.Date"',
  int: 'Type="Edm.Int32"',
  count: 'Type="Edm.Int64"',
  bool: 'Type="Edm.Boolean"',
};

/** The service's CSDL, as XML: entity types, entity sets, and what tools may leave to the service. */
export function writeMetadata(sets: readonly EntitySet[]): string {
  return `<?xml version="1.0" encoding="utf-8"?>
<edmx:Edmx Version="4.0" xmlns:edmx="http://docs.oasis-open.org/odata/ns/edmx">
  <edmx:Reference Uri="${VOCABULARY.address}.xml">
    <edmx:Include Namespace="${VOCABULARY.namespace}" Alias="${VOCABULARY.alias}"/>
  </edmx:Reference>
  <edmx:DataServices>
    <Schema Namespace="${NAMESPACE}" xmlns="http://docs.oasis-open.org/odata/ns/edm">
${sets.map(writeType).join('\n')}
      <EntityContainer Name="${CONTAINER}">
${sets.map(writeSet).join('\n')}
${writeAnnotations(serviceCapabilities(), ' '.repeat(8))}
      </EntityContainer>
    </Schema>
  </edmx:DataServices>
</edmx:Edmx>
`;
}

/** The service document: the entity sets by name. */
export function writeServiceDocument(context: string, sets: readonly EntitySet[]): string {
  const value = sets.map(({ name }) => ({ name, kind: 'EntitySet', url: name }));
  return JSON.stringify({ '@odata.context': context, value });
}

function writeType({ type }: EntitySet): string {
  const refs = type.key.map((name) => `<PropertyRef Name="${name}"/>`).join('');
  const properties = type.properties.map(
    ({ name, type: of, nullable }) =>
      `        <Property Name="${name}" ${edmTypes[of]}${nullable ? '' : ' Nullable="false"'}/>`,
  );
  return [
    `      <EntityType Name="${type.name}">`,
    `        <Key>${refs}</Key>`,
    ...properties,
    ...(type.navigations ?? []).map((each) => writeNavigation(each, type.properties)),
    '      </EntityType>',
  ].join('\n');
}

function writeNavigation(navigation: Navigation, properties: readonly Property[]): string {
  const { name, to, nullable } = navigation;
  const start = `        <NavigationProperty Name="${name}" Type="${typeNameOf(dimensions[to])}"${nullable ? '' : ' Nullable="false"'}`;
  const constraints = referentialConstraints(navigation, properties).map(
    ([own, other]) => `<ReferentialConstraint Property="${own}" ReferencedProperty="${other}"/>`,
  );
  return constraints.length === 0 ? `${start}/>` : `${start}>${constraints.join('')}</NavigationProperty>`;
}

function writeSet(set: EntitySet): string {
  const bindings = (set.type.navigations ?? []).map(
    ({ name, to }) => `          <NavigationPropertyBinding Path="${name}" Target="${to}"/>`,
  );
  return [
    `        <EntitySet Name="${set.name}" EntityType="${typeNameOf(set)}">`,
    ...bindings,
    writeAnnotations(setCapabilities(set), ' '.repeat(10)),
    '        </EntitySet>',
  ].join('\n');
}

/** The annotations as CSDL in XML, one a line. */
function writeAnnotations(annotations: Annotations, indent: string): string {
  return Object.entries(annotations)
    .map(([term, value]) => {
      const start = `Annotation Term="${VOCABULARY.alias}.${term}"`;
      return `${indent}${element(start, value, term)}`;
    })
    .join('\n');
}

function element(start: string, value: AnnotationValue, name: string): string {
  if (typeof value === 'boolean') return `<${start} Bool="${value}"/>`;
  if (typeof value === 'number') return `<${start} Int="${value}"/>`;
  if (name === 'NavigationProperty') return `<${start} NavigationPropertyPath="${value}"/>`;
  if (typeof value === 'string') return `<${start} EnumMember="${VOCABULARY.alias}.${value}"/>`;
  const tag = start.slice(0, start.indexOf(' '));
  if (!isList(value)) return `<${start}>${record(value)}</${tag}>`;
  // A list of properties is one of paths, any other of texts.
  const kind = name.endsWith('Properties') ? 'PropertyPath' : 'String';
  const items = value.map((each) => (typeof each === 'string' ? `<${kind}>${each}</${kind}>` : record(each)));
  return `<${start}><Collection>${items.join('')}</Collection></${tag}>`;
}

function record(of: AnnotationRecord): string {
  const inner = Object.entries(of).map(([property, value]) =>
    element(`PropertyValue Property="${property}"`, value, property),
  );
  return `<Record>${inner.join('')}</Record>`;
}

function isList(value: object): value is readonly (string | AnnotationRecord)[] {
  return Array.isArray(value);
}
