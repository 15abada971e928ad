import { readFile } from 'node:fs/promises';
import type { RouteFamily } from '../deps.ts';

const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  "img-src 'self' data:",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

// Beside the folder of this file among the sources, and beside that of the chunks in dist.
const folder = new URL('../console/', import.meta.url);

const files = [
  { url: '/', file: 'index.html', type: 'text/html; charset=utf-8' },
  { url: '/console/console.css', file: 'console.css', type: 'text/css; charset=utf-8' },
  { url: '/console/console.js', file: 'console.js', type: 'text/javascript; charset=utf-8' },
] as const;

/** `/`: one page that asks `/graphql` for coverage, the feeds' health and totals. */
export function consoleRoutes(): RouteFamily {
  return async (app) => {
    for (const { url, file, type } of files) {
      const body = await readFile(new URL(file, folder));
      app.get(url, { config: { access: 'page' } }, async (_request, reply) => {
        reply.headers({ 'content-security-policy': contentSecurityPolicy, 'content-type': type });
        return body;
      });
    }
  };
}
