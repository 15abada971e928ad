import type { FlatValue } from '../export/flat-row.ts';
import type { EntityPage } from './entities.ts';
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

/** The format that `$format`, or else the `Accept` header, asks for; `full` metadata is answered as `minimal`. */
export function readFormat(format: string | undefined, accept: string | undefined): JsonFormat {
  const text = (format ?? accept ?? '').toLowerCase().replaceAll(' ', '');
  return {
    ieee754Compatible: text.includes('ieee754compatible=true'),
    metadata: /metadata=none/.test(text) ? 'none' : 'minimal',
  };
}

/** Writes an entity as a JSON object without its braces; a decimal keeps every digit, number or string. */
function entityWriter(
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
  properties: readonly Property[],
  format: JsonFormat,
): Generator<Uint8Array, void, undefined> {
  const write = entityWriter(properties, format);
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
  for (const row of page.rows) {
    text += `${separator}{${write(row)}}`;
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
export function writeEntity(
  contextUrl: string,
  properties: readonly Property[],
  values: readonly FlatValue[],
  format: JsonFormat,
): string {
  const start = format.metadata === 'none' ? '' : `"@odata.context":${JSON.stringify(contextUrl)},`;
  return `{${start}${entityWriter(properties, format)(values)}}`;
}
