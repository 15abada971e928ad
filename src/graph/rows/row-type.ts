import type { FieldSpec } from '../../records/field.ts';
import { head, rawDescription } from '../../records/kinds/head.ts';
import { kinds } from '../../records/kinds/kinds.ts';
import type { RecordKind } from '../../records/record.ts';
import { Account } from '../account/type.ts';
import { Node } from '../node/type.ts';
import { Player } from '../player/type.ts';
import { type ClassType, Directive, Field, ObjectType } from '../schema/decorators.ts';
import { decorateFrom } from '../schema/field-types.ts';
import type { Row } from './row-view.ts';

/** An object of the graph that holds some of a row's fields; null where all of them are. */
export interface NestedType {
  readonly name: string;
  /** Of the object's type. */
  readonly description: string;
  /** Of the row's field. */
  readonly fieldDescription: string;
}

export interface RowTypeOptions {
  readonly description: string;
  /** The objects that the table's nested fields lie in, by the name given there. @default none */
  readonly nested?: Readonly<Record<string, NestedType>>;
}

const VERSIONS =
  'Every version the archive has seen of it, oldest first, this one last: withdrawals and restorations are versions too.';

type Decorate = (prototype: object, name: string) => void;

/** The graph's type of a kind of row: fields and descriptions are those of the kind's table, in its order. */
export function createRowType<K extends RecordKind>(
  kind: K,
  { description, nested = {} }: RowTypeOptions,
): ClassType<Row<K>> {
  class RowType extends Node {}
  Directive('@key(fields: "id")')(RowType);
  ObjectType(kinds[kind].name, { implements: Node, simpleResolvers: true, description })(RowType);
  for (const [name, decorate] of fieldsOf(kind, nested, () => RowType)) decorate(RowType.prototype, name);
  // Its fields are those that `Row` has, by the table both come from.
  return RowType as unknown as ClassType<Row<K>>;
}

/** Every field but `id`, in order: who and what it is, the kind's own, then what the archive knows of it. */
function fieldsOf(
  kind: RecordKind,
  nested: Readonly<Record<string, NestedType>>,
  versionType: () => ClassType,
): readonly (readonly [string, Decorate])[] {
  const { key, player, fields } = kinds[kind];
  const own = ownFields(fields, nested);
  // The field that names a row at its provider stands first: the key, or else the first of the kind's own.
  const named: [string, Decorate] | undefined =
    key === null ? own.shift() : [key.name, from({ type: 'text', description: key.description })];
  return [
    ['account', (to, name) => Field(() => Account, { description: head.account.description })(to, name)],
    ...(named === undefined ? [] : [named]),
    ['player', (to, name) => Field(() => Player, { description: player })(to, name)],
    ['providerUsername', from(head.providerUsername)],
    ...own,
    ['archivedAt', from(head.archivedAt)],
    ['firstArchivedAt', from(head.firstArchivedAt)],
    ['withdrawnAt', from(head.withdrawnAt)],
    ['versions', (to, name) => Field(() => [versionType()], { description: VERSIONS })(to, name)],
    ['raw', from({ type: 'text', nullable: true, description: rawDescription })],
  ];
}

function ownFields(
  fields: Readonly<Record<string, FieldSpec>>,
  nested: Readonly<Record<string, NestedType>>,
): [string, Decorate][] {
  const own = new Map<string, Decorate>();
  for (const [name, spec] of Object.entries(fields)) {
    if (spec.internal === true) continue;
    if (spec.nested === undefined) own.set(name, from(spec));
    else if (!own.has(spec.nested)) own.set(spec.nested, within(fields, spec.nested, nested[spec.nested]));
  }
  return [...own];
}

function from(spec: FieldSpec): Decorate {
  return (prototype, name) => decorateFrom(spec, prototype, name);
}

/** The field that holds an object of nested fields, whose type is made here. */
function within(
  fields: Readonly<Record<string, FieldSpec>>,
  name: string,
  type: NestedType | undefined,
): Decorate {
  if (type === undefined) throw new TypeError(`${name}: expected a type for the fields nested in it`);
  class NestedFields {}
  ObjectType(type.name, { simpleResolvers: true, description: type.description })(NestedFields);
  for (const [field, spec] of Object.entries(fields)) {
    if (spec.nested === name) decorateFrom(spec, NestedFields.prototype, field);
  }
  return (prototype, at) =>
    Field(() => NestedFields, { nullable: true, description: type.fieldDescription })(prototype, at);
}
