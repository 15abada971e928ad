import type { StoredRecord } from '../../archive/archive.ts';
import type { FlatReader, FlatValue } from './flat-row.ts';

/** How rows become text: what stands before the first, and each one's own line. */
export interface TextForm {
  readonly header: string;
  readonly line: (values: readonly FlatValue[]) => string;
}

// Small enough that the first bytes leave at once, large enough that a million rows are not a million writes.
const CHUNK_CHARS = 64 * 1024;

/**
 * The text of rows in UTF-8 chunks, made as they are taken: a reader that stops taking stops the archive's reading.
 * `onRows` is told how many rows each batch was, once it is written.
 */
export async function* writeText(
  batches: AsyncIterable<readonly StoredRecord[]>,
  readers: readonly FlatReader[],
  { header, line }: TextForm,
  onRows: (count: number) => void = () => {},
): AsyncGenerator<Buffer, void, undefined> {
  let text = header;
  for await (const batch of batches) {
    for (const row of batch) {
      text += line(readers.map((read) => read(row)));
      if (text.length < CHUNK_CHARS) continue;
      yield Buffer.from(text);
      text = '';
    }
    onRows(batch.length);
  }
  if (text !== '') yield Buffer.from(text);
}
