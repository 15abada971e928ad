// Small enough that the first bytes leave at once, large enough that a million rows are not a million writes.
const CHUNK_CHARS = 64 * 1024;

/** A header and lines as chunks of UTF-8, made as they are taken: a reader that stops taking stops the lines. */
export async function* inChunks(
  header: string,
  batches: AsyncIterable<readonly string[]>,
): AsyncGenerator<Buffer, void, undefined> {
  let text = header;
  for await (const lines of batches) {
    for (const line of lines) {
      text += line;
      if (text.length < CHUNK_CHARS) continue;
      yield Buffer.from(text);
      text = '';
    }
  }
  if (text !== '') yield Buffer.from(text);
}
