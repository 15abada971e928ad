import { changes, type EntitySet } from './model.ts';
import { functionNames } from './operand.ts';

/** A record of annotated values. */
export interface AnnotationRecord {
  readonly [name: string]: AnnotationValue;
}

/**
 * What a term is annotated with: true or false, a number, a member of its enumeration as `Type/Member`, the path of a
 * navigation property, texts, or records of such.
 */
export type AnnotationValue =
  | boolean
  | number
  | string
  | readonly string[]
  | readonly AnnotationRecord[]
  | AnnotationRecord;
export type Annotations = Readonly<Record<string, AnnotationValue>>;

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
  const { navigations = [] } = type;
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
    ExpandRestrictions: navigations.length > 0 ? { Expandable: true, MaxLevels: 1 } : { Expandable: false },
    ...(navigations.length > 0 && {
      NavigationRestrictions: {
        // What they lead to is given within, and at addresses of its own; it filters and orders nothing.
        RestrictedProperties: navigations.map((each) => ({
          NavigationProperty: each.name,
          FilterRestrictions: { Filterable: false },
          SortRestrictions: { Sortable: false },
        })),
      },
    }),
    InsertRestrictions: { Insertable: false },
    UpdateRestrictions: { Updatable: false },
    DeleteRestrictions: { Deletable: false },
  };
}
