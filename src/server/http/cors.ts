import cors from '@fastify/cors';
import type { FastifyInstance } from 'fastify';

/**
 * Lets the web pages of these origins ask and read what they are answered, refusals too. Their preflights are answered
 * before anybody is asked for a key: hooks that are to come after it are added in `app.after`.
 */
export function allowOrigins(app: FastifyInstance, origins: readonly string[]): void {
  app.register(cors, {
    // A function, so that every answer says that it depends on the origin.
    origin: (origin, done) => done(null, origin !== undefined && origins.includes(origin) ? origin : false),
    methods: ['GET', 'HEAD', 'POST'],
    exposedHeaders: [
      'content-disposition',
      'countroom-complete',
      'countroom-gaps',
      'etag',
      'odata-version',
      'retry-after',
      'x-request-id',
    ],
    maxAge: 600,
  });
}
