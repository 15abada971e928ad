import { readFileSync } from 'node:fs';
import { parse } from 'graphql';
import { describe, expect, test } from 'vitest';
import { ask, start } from './harness.ts';

const auth = { apiKeys: [{ name: 'me', key: 'my-key-of-these-tests', role: 'viewer' as const }] };
const policy = (headers: Readonly<Record<string, unknown>>) => String(headers['content-security-policy']);

describe('console', () => {
  test('is one page with its style and script, all from this process', async () => {
    const { url } = await start();
    const page = await ask(`${url}/`);
    expect(page.headers['content-type']).toContain('text/html');
    const parts = [...page.text.matchAll(/(?:src|href)="([^"]+\.(?:js|css))"/g)].map(([, path]) => path);
    expect(parts).toEqual(['console/console.css', 'console/console.js']);
    for (const path of parts) expect((await ask(`${url}/${path}`)).status).toBe(200);
    expect(page.text).not.toMatch(/https?:\/\//);
    expect(policy(page.headers)).not.toContain('unsafe');
  });

  test('has nothing inline that its policy would refuse', () => {
    const html = readFileSync(new URL('../../src/server/console/index.html', import.meta.url), 'utf8');
    expect(html).not.toMatch(/<style|style=|<script(?![^>]*src=)|\son\w+=/);
  });

  test('is served to strangers, so that it can ask for a key', async () => {
    const { url } = await start({ auth });
    for (const path of [
      '/',
      '/console/console.js',
      '/console/console.css',
      '/explorer',
      '/explorer/main.js',
    ]) {
      expect([path, (await ask(url + path)).status]).toEqual([path, 200]);
    }
  });

  test('is not told to bring up the browser’s own prompt', async () => {
    const { url } = await start({ auth });
    const own = { 'sec-fetch-site': 'same-origin', 'sec-fetch-dest': 'empty' };
    const asked = await ask(`${url}/graphql`, { headers: own });
    expect([asked.status, asked.headers['www-authenticate']]).toEqual([401, 'Bearer realm="countroom"']);
    const tool = await ask(`${url}/odata/v4/`);
    expect([tool.status, tool.headers['www-authenticate']]).toEqual([401, expect.stringMatching(/^Basic /)]);
  });

  test('comes with the package', () => {
    const { files } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
    // The bundle has the console's files beside its chunks.
    expect(files).toContain('dist');
  });

  test('asks a question that parses', () => {
    const script = readFileSync(new URL('../../src/server/console/console.js', import.meta.url), 'utf8');
    const [, query = ''] = /`\n( {2}query Console[\s\S]*?)`;/.exec(script) ?? [];
    expect(() => parse(query)).not.toThrow();
  });
});

describe('explorer', () => {
  test('is served wholly from this process, under a policy of its own', async () => {
    const { url } = await start();
    const page = await ask(`${url}/explorer`);
    expect(page.status).toBe(200);
    expect(page.text).toContain('<base href="explorer/">');
    expect(policy(page.headers)).toContain("script-src 'self' 'unsafe-inline'");
    expect(policy(page.headers)).toContain("connect-src 'self'");
    const parts = [...page.text.matchAll(/(?:src|href)="([\w-]+\.(?:js|css|ico))"/g)].map(([, path]) => path);
    expect(parts.length).toBeGreaterThan(3);
    for (const path of parts) {
      const part = await ask(`${url}/explorer/${path}`);
      expect([path, part.status]).toEqual([path, 200]);
    }
  });

  test.each(['../../package.json', '..%2f..%2fpackage.json', '%2e%2e/package.json', 'nothing.js', 'assets'])(
    'serves nothing else: %s',
    async (path) => {
      const { url } = await start();
      expect((await ask(`${url}/explorer/${path}`)).status).toBe(404);
    },
  );

  test('is left out when it is set so', async () => {
    const { url } = await start({ settings: { explorer: false } });
    expect((await ask(`${url}/explorer`)).status).toBe(404);
  });

  test('asks the graph under the path of server.publicUrl', async () => {
    const { url } = await start({ settings: { publicUrl: 'https://bi.example.com/countroom/' } });
    expect((await ask(`${url}/explorer`)).text).toContain('/countroom/graphql');
  });
});

describe('every answer', () => {
  test('carries strict headers and an id', async () => {
    const { url } = await start({ auth });
    for (const path of ['/livez', '/graphql', '/nothing', '/metrics']) {
      const { headers } = await ask(url + path);
      expect(policy(headers)).toContain("default-src 'none'");
      expect(headers['x-content-type-options']).toBe('nosniff');
      expect(headers['cache-control']).toBe('no-store');
      expect(headers['x-request-id']).toBeDefined();
      expect(headers['access-control-allow-origin']).toBeUndefined();
      expect(headers['server']).toBeUndefined();
    }
  });
});
