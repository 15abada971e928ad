import { constants } from 'node:zlib';
import compress from '@fastify/compress';
import type { FastifyInstance } from 'fastify';

/** Compresses answers over 1 kB for clients that take gzip or br; a route that says `compress: false` answers as it is. */
export function compressAnswers(app: FastifyInstance): void {
  app.register(compress, {
    encodings: ['gzip', 'br'],
    // Bodies that come compressed would grow past the limit of what is taken.
    globalDecompression: false,
    threshold: 1_000,
    // The quickest levels: rows of money shrink to a fifth at any.
    zlibOptions: { level: constants.Z_BEST_SPEED },
    brotliOptions: { params: { [constants.BROTLI_PARAM_QUALITY]: 2 } },
  });
}
