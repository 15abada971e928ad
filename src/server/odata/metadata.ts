import { MAX_INTEGER_DIGITS, MAX_SCALE } from '../../records/decimal.ts';
import { serviceCapabilities, setCapabilities, writeAnnotations } from './capabilities.ts';
import type { EntitySet, Property } from './model.ts';

const NAMESPACE = 'countroom';

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
  <edmx:Reference Uri="https://oasis-tcs.github.io/odata-vocabularies/vocabularies/Org.OData.Capabilities.V1.xml">
    <edmx:Include Namespace="Org.OData.Capabilities.V1" Alias="Capabilities"/>
  </edmx:Reference>
  <edmx:DataServices>
    <Schema Namespace="${NAMESPACE}" xmlns="http://docs.oasis-open.org/odata/ns/edm">
${sets.map(writeType).join('\n')}
      <EntityContainer Name="Container">
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
    '      </EntityType>',
  ].join('\n');
}

function writeSet(set: EntitySet): string {
  return [
    `        <EntitySet Name="${set.name}" EntityType="${NAMESPACE}.${set.type.name}">`,
    writeAnnotations(setCapabilities(set), ' '.repeat(10)),
    '        </EntitySet>',
  ].join('\n');
}
