import { changes, type EntitySet } from './model.ts';
import { functionNames } from './operand.ts';

/** What a term is annotated with: true or false, a member of its enumeration, texts, or a record of such. */
type Value = boolean | `${string}/${string}` | readonly string[] | { readonly [name: string]: Value };
type Annotations = Readonly<Record<string, Value>>;

/** A list of properties, which XML spells as paths and not as texts. */
const isPaths = (name: string) => name.endsWith('Properties');

/** What the whole service can do, in terms of Org.OData.Capabilities.V1. */
export function serviceCapabilities(): Annotations {
  return {
    ConformanceLevel: 'ConformanceLevelType/Intermediate',
    SupportedFormats: ['application/json'],
    AcceptableEncodings: ['gzip', 'br'],
    AsynchronousRequestsSupported: false,
    BatchContinueOnErrorSupported: true,
    BatchSupported: true,
    BatchSupport: {
      Supported: true,
      ContinueOnErrorSupported: true,
      ReferencesInRequestBodiesSupported: false,
      ReferencesAcrossChangeSetsSupported: false,
      EtagReferencesSupported: false,
      RequestDependencyConditionsSupported: false,
      SupportedFormats: ['application/json'],
    },
    KeyAsSegmentSupported: false,
    CrossJoinSupported: false,
    QuerySegmentSupported: false,
    FilterFunctions: functionNames,
  };
}

/** What one entity set can be asked: everything is read, filtered, ordered and counted, but for what is said here. */
export function setCapabilities({ name, type }: EntitySet): Annotations {
  const names = type.properties.map((each) => each.name);
  const isLog = name === changes.name;
  return {
    TopSupported: true,
    SkipSupported: true,
    IndexableByKey: true,
    CountRestrictions: { Countable: true },
    FilterRestrictions: { Filterable: true, RequiresFilter: false },
    SortRestrictions: {
      Sortable: true,
      // The log of changes is walked forwards alone.
      ...(isLog && {
        AscendingOnlyProperties: ['at'],
        NonSortableProperties: names.filter((each) => each !== 'at'),
      }),
    },
    SearchRestrictions: { Searchable: false },
    ExpandRestrictions: { Expandable: false },
    InsertRestrictions: { Insertable: false },
    UpdateRestrictions: { Updatable: false },
    DeleteRestrictions: { Deletable: false },
  };
}

/** The annotations as CSDL in XML, one a line. */
export function writeAnnotations(annotations: Annotations, indent: string): string {
  return Object.entries(annotations)
    .map(([term, value]) => `${indent}${element(`Annotation Term="Capabilities.${term}"`, value, term)}`)
    .join('\n');
}

function element(start: string, value: Value, name: string): string {
  if (typeof value === 'boolean') return `<${start} Bool="${value}"/>`;
  const tag = start.slice(0, start.indexOf(' '));
  if (isList(value)) {
    const kind = isPaths(name) ? 'PropertyPath' : 'String';
    const items = value.map((each) => `<${kind}>${each}</${kind}>`).join('');
    return `<${start}><Collection>${items}</Collection></${tag}>`;
  }
  if (typeof value === 'string') return `<${start} EnumMember="Capabilities.${value}"/>`;
  const inner = Object.entries(value).map(([property, of]) =>
    element(`PropertyValue Property="${property}"`, of, property),
  );
  return `<${start}><Record>${inner.join('')}</Record></${tag}>`;
}

function isList(value: Value): value is Extract<Value, readonly unknown[]> {
  return Array.isArray(value);
}
