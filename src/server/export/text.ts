import type { Lines } from '../../archive/archive.ts';

/** A header and lines as bytes, made as they are taken: a reader that stops taking stops the lines. */
export async function* bytesOf(
  header: string,
  batches: AsyncIterable<Lines>,
): AsyncGenerator<Uint8Array, void, undefined> {
  if (header !== '') yield Buffer.from(header);
  for await (const { bytes } of batches) yield bytes;
}
