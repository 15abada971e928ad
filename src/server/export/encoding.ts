import { Readable } from 'node:stream';
import { constants, createBrotliCompress, createGzip } from 'node:zlib';

export type Encoding = 'gzip' | 'br';

const encodings: readonly Encoding[] = ['gzip', 'br'];

/** The encoding an `Accept-Encoding` header likes best, gzip among equals; null where it takes neither. */
export function encodingFor(header: string | readonly string[] | undefined): Encoding | null {
  const liked = new Map(
    [header ?? []]
      .flat()
      .flatMap((each) => each.toLowerCase().split(','))
      .map((each): [string, number] => {
        const [name = '', quality = '1'] = each.trim().split(/\s*;\s*q=/);
        return [name, Number(quality)];
      }),
  );
  const qualityOf = (encoding: Encoding) => liked.get(encoding) ?? liked.get('*') ?? 0;
  const [best = null] = encodings
    .filter((encoding) => qualityOf(encoding) > 0)
    .sort((a, b) => qualityOf(b) - qualityOf(a));
  return best;
}

/** What compresses a stream at its quickest: the archive should be what is waited for. */
function createCompressor(encoding: Encoding) {
  return encoding === 'gzip'
    ? createGzip({ level: constants.Z_BEST_SPEED })
    : createBrotliCompress({ params: { [constants.BROTLI_PARAM_QUALITY]: 1 } });
}

/** Bytes as a stream that reads no faster than it is read, compressed where an encoding is given. */
export function streamOf(bytes: AsyncIterable<Uint8Array>, encoding: Encoding | null): Readable {
  const stream = Readable.from(bytes, { objectMode: false });
  if (encoding === null) return stream;
  const compressed = createCompressor(encoding);
  stream.once('error', (error) => compressed.destroy(error));
  compressed.once('close', () => stream.destroy());
  return stream.pipe(compressed);
}
