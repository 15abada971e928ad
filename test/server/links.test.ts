import { describe, expect, test } from 'vitest';
import type { RouteFamily } from '../../src/server/deps.ts';
import { linkRoot } from '../../src/server/http/links.ts';
import { ask, type Options, start } from './harness.ts';

const publicUrl = 'https://bi.example.com/countroom';
const forwarded = { 'x-forwarded-proto': 'https', 'x-forwarded-host': 'other.example' };

const routes: RouteFamily[] = [
  (app, { settings }) => {
    app.get('/root', { config: { access: 'query' } }, async (request) => linkRoot(request, settings));
  },
];

async function rootSeen(settings: Options['settings'], headers: Readonly<Record<string, string>>) {
  const { url } = await start({ settings, routes });
  const { status, text } = await ask(`${url}/root`, { headers: { host: 'localhost:4000', ...headers } });
  return status === 200 ? text : status;
}

describe('links', () => {
  test('are made of server.publicUrl, whatever the request says', async () => {
    expect(await rootSeen({ publicUrl }, {})).toBe(publicUrl);
    expect(await rootSeen({ publicUrl, trustProxy: true }, { ...forwarded, host: 'evil.example' })).toBe(
      publicUrl,
    );
  });

  test('are made of the request where there is none, and of X-Forwarded-* from those who are trusted', async () => {
    expect(await rootSeen({}, forwarded)).toBe('http://localhost:4000');
    expect(await rootSeen({ trustProxy: ['10.0.0.1'] }, forwarded)).toBe('http://localhost:4000');
    expect(await rootSeen({ trustProxy: ['127.0.0.0/8'] }, forwarded)).toBe('https://other.example');
    expect(await rootSeen({ trustProxy: true }, forwarded)).toBe('https://other.example');
  });

  test.each([{ 'x-forwarded-proto': 'javascript' }, { 'x-forwarded-host': 'evil.example/path?' }])(
    'are refused where a trusted proxy names no address: %o',
    async (headers) => {
      expect(await rootSeen({ trustProxy: true }, { ...forwarded, ...headers })).toBe(400);
    },
  );
});
