import { readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import files from '@fastify/static';
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

// Found without loading it, which takes a good part of a start.
const root = join(dirname(createRequire(import.meta.url).resolve('altair-static')), 'dist');

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
  return async (app, { settings }) => {
    const listed = new Set(listFiles(root));
    await app.register(files, { root, serve: false, cacheControl: false });

    app.get('/explorer', { config: { access: 'page' } }, async (_request, reply) => {
      const { renderAltair } = await import('altair-static');
      reply.header('content-security-policy', contentSecurityPolicy).type('text/html; charset=utf-8');
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
      { config: { access: (path) => (listed.has(path) ? 'page' : 'query') } },
      async (request, reply) => {
        const path = request.params['*'];
        if (!listed.has(path)) return reply.callNotFound();
        const { isSandboxFrame, SANDBOX_FRAME_CSP } = await import('altair-static');
        const policy = isSandboxFrame(path) ? SANDBOX_FRAME_CSP : contentSecurityPolicy;
        reply.headers({
          'cache-control': 'private, max-age=86400',
          'content-security-policy': policy,
          ...(path.endsWith('.html') && { 'x-frame-options': 'SAMEORIGIN' }),
        });
        return reply.sendFile(path);
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
