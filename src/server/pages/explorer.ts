import { readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { getDistDirectory, isSandboxFrame, renderAltair, SANDBOX_FRAME_CSP } from 'altair-static';
import type { RouteFamily } from '../deps.ts';
import { pathPrefix } from '../http/links.ts';

/** Altair writes styles and its first options into the page, and runs workers it makes itself. */
const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self' 'unsafe-inline'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "font-src 'self' data:",
  "connect-src 'self'",
  "worker-src 'self' blob:",
  "frame-src 'self'",
  "base-uri 'self'",
  "form-action 'none'",
  "frame-ancestors 'self'",
].join('; ');

const contentTypes: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.ico': 'image/x-icon',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.ttf': 'font/ttf',
  '.woff': 'font/woff',
  '.woff2': 'font/woff2',
};

const firstQuery = `# The last rows the archive holds. Times are UTC; a range is half-open.
query Newest {
  bets(filter: { range: { from: "FROM", to: "TO" } }, first: 20) {
    nodes {
      settledAt
      account { id }
      player { username }
      gameCode
      currency
      stake
      netWin
    }
    coverage { complete gaps { accountId from to reason } }
  }
}
`;

/** `/explorer`: Altair, every byte of it from this process. */
export function explorerRoutes(clock: () => number): RouteFamily {
  return (app, { settings }) => {
    const root = getDistDirectory();
    // Only what is listed here is served, so that no path leads out of the folder.
    const files = new Set(listFiles(root));

    app.get('/explorer', { config: { access: 'page' } }, async (_request, reply) => {
      reply.headers({
        'content-security-policy': contentSecurityPolicy,
        'content-type': contentTypes['.html'],
      });
      return renderAltair({
        // Relative, so that it holds under whatever path a proxy serves the page.
        baseURL: 'explorer/',
        endpointURL: `${pathPrefix(settings)}/graphql`,
        initialQuery: lastDay(clock()),
        disableAccount: true,
      });
    });
    app.get<{ Params: { '*': string } }>(
      '/explorer/*',
      { config: { access: (path) => (files.has(path) ? 'page' : 'query') } },
      async (request, reply) => {
        const path = request.params['*'];
        if (!files.has(path)) return reply.callNotFound();
        const policy = isSandboxFrame(path) ? SANDBOX_FRAME_CSP : contentSecurityPolicy;
        reply.headers({
          'cache-control': 'private, max-age=86400',
          'content-security-policy': policy,
          'content-type': contentTypes[extname(path)] ?? 'application/octet-stream',
          ...(path.endsWith('.html') && { 'x-frame-options': 'SAMEORIGIN' }),
        });
        return readFile(join(root, path));
      },
    );
  };
}

function lastDay(now: number): string {
  const iso = (at: number) => new Date(at).toISOString();
  return firstQuery.replace('FROM', iso(now - 86_400_000)).replace('TO', iso(now));
}

function listFiles(root: string): string[] {
  return readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) =>
      join(entry.parentPath, entry.name)
        .slice(root.length + 1)
        .replaceAll('\\', '/'),
    );
}
