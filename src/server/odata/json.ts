import type { FlatValue } from '../export/flat-row.ts';
import type { EntityPage } from './entities.ts';
import type { Expansion } from './expand.ts';
import type { Property } from './model.ts';

const CHUNK_CHARS = 64 * 1024;

/** How the client wants its JSON. */
export interface JsonFormat {
  /** Decimals and 64-bit numbers as strings, for readers whose numbers are floats. */
  readonly ieee754Compatible: boolean;
  /** `none` leaves out the context addresses. */
  readonly metadata: 'minimal' | 'none';
}

/** The `Content-Type` of a format. */
export function contentTypeOf({ ieee754Compatible, metadata }: JsonFormat): string {
  const compatible = ieee754Compatible ? ';IEEE754Compatible=true' : '';
  return `application/json;odata.metadata=${metadata}${compatible};charset=utf-8`;
}

/** Whether `$metadata` is wanted as JSON: where `$format` says so, else where `Accept` takes JSON and no XML. */
export function wantsJsonMetadata(format: string | undefined, accept: string | undefined): boolean {
  if (format !== undefined) return /json/i.test(format);
  return accept !== undefined && /json/i.test(accept) && !/xml|\*\/\*|application\/\*/i.test(accept);
}

/** The format that `$format`, or else the `Accept` header, asks for; `full` metadata is answered as `minimal`. */
export function readFormat(format: string | undefined, accept: string | undefined): JsonFormat {
  const text = (format ?? accept ?? '').toLowerCase().replaceAll(' ', '');
  return {
    ieee754Compatible: text.includes('ieee754compatible=true'),
    metadata: /metadata=none/.test(text) ? 'none' : 'minimal',
  };
}

/** An entity's values, and the entities within it in the order of the shape's. */
export interface ShapedRow {
  readonly values: readonly FlatValue[];
  readonly within: readonly (readonly FlatValue[] | null)[];
}

/** What is given of each entity. */
export interface Shape {
  readonly select: readonly Property[];
  readonly expand: readonly Expansion[];
}

/** Writes an entity as a JSON object without its braces, and within it those that were expanded. */
function entityWriter({ select, expand }: Shape, format: JsonFormat): (row: ShapedRow) => string {
  const write = valuesWriter(select, format);
  const inner = expand.map(({ navigation, select: of }) => {
    const writeInner = valuesWriter(of, format);
    const start = `${JSON.stringify(navigation.name)}:`;
    return (values: readonly FlatValue[] | null) =>
      start + (values === null ? 'null' : `{${writeInner(values)}}`);
  });
  if (inner.length === 0) return ({ values }) => write(values);
  return ({ values, within }) => {
    const nested = inner.map((each, at) => each(within[at] ?? null));
    return [...(select.length === 0 ? [] : [write(values)]), ...nested].join(',');
  };
}

/** Writes values as the members of a JSON object; a decimal keeps every digit, number or string. */
function valuesWriter(
  properties: readonly Property[],
  { ieee754Compatible }: JsonFormat,
): (values: readonly FlatValue[]) => string {
  const cells = properties.map(({ name, type }, at) => {
    const start = `${at === 0 ? '' : ','}${JSON.stringify(name)}:`;
    const quoted = ieee754Compatible && (type === 'decimal' || type === 'count');
    return (value: FlatValue): string => {
      if (value === null) return `${start}null`;
      if (type === 'time') return `${start}"${new Date(value as number).toISOString()}"`;
      if (type === 'text' || type === 'date') return start + JSON.stringify(value);
      return quoted ? `${start}"${value}"` : start + String(value);
    };
  });
  return (values) => cells.map((cell, at) => cell(values[at] ?? null)).join('');
}

/** A set's page as OData's JSON, in chunks. */
export function* writePage(
  page: EntityPage,
  contextUrl: string,
  shape: Shape,
  format: JsonFormat,
): Generator<Uint8Array, void, undefined> {
  const write = entityWriter(shape, format);
  let text = format.metadata === 'none' ? '{' : `{"@odata.context":${JSON.stringify(contextUrl)},`;
  if (page.count !== null)
    text += `"@odata.count":${JSON.stringify(format.ieee754Compatible ? String(page.count) : page.count)},`;
  text += '"value":[';
  if (page.written !== undefined) {
    yield Buffer.from(text);
    yield page.written.bytes;
    text = '';
  }
  let separator = '';
  for (const [at, values] of page.rows.entries()) {
    text += `${separator}{${write({ values, within: page.within?.[at] ?? [] })}}`;
    separator = ',';
    if (text.length < CHUNK_CHARS) continue;
    yield Buffer.from(text);
    text = '';
  }
  yield Buffer.from(
    `${text}]${page.next === null ? '' : `,"@odata.nextLink":${JSON.stringify(page.next)}`}}`,
  );
}

/** One entity as OData's JSON. */
export function writeEntity(contextUrl: string, shape: Shape, row: ShapedRow, format: JsonFormat): string {
  const start = format.metadata === 'none' ? '' : `"@odata.context":${JSON.stringify(contextUrl)},`;
  return `{${start}${entityWriter(shape, format)(row)}}`;
}
