import { describe, expect, test } from 'vitest';
import { ask, post, start } from './harness.ts';

const app = 'https://app.example.com';
const cross = { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': 'image' };
const link = { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', accept: 'text/html' };
const cors = { cors: { origins: [app] } };

describe('web pages of other sites', () => {
  test('cause nothing on any route', async () => {
    const { url, audited } = await start({ settings: cors });
    const paths = [
      '/',
      '/explorer',
      '/console/console.js',
      '/graphql?query={who}',
      '/metrics',
      '/livez',
      '/x',
      '/%zz',
    ];
    for (const path of paths) {
      const answer = await ask(url + path, { headers: { ...cross, 'apollo-require-preflight': '1' } });
      expect([path, answer.status]).toEqual([path, 403]);
    }
    const posted = await post({ url }, '{ who }', { ...cross, origin: 'https://evil.example' });
    expect([posted.status, posted.json.errors[0].extensions.code]).toEqual([403, 'FORBIDDEN']);
    expect(audited).toEqual([]);
  });

  test('may ask where their origin is named', async () => {
    const running = await start({ settings: cors });
    const answer = await post(running, '{ who }', { ...cross, origin: app });
    expect([answer.status, answer.headers['access-control-allow-origin']]).toEqual([200, app]);
    const beginning = await post(running, '{ who }', { ...cross, origin: `${app}.evil.example` });
    expect([beginning.status, beginning.headers['access-control-allow-origin']]).toEqual([403, undefined]);
  });

  test('may link to pages, and to nothing else', async () => {
    const { url } = await start();
    for (const path of ['/', '/explorer', '/graphql', '/graphql?query={who}']) {
      const answer = await ask(url + path, { headers: link });
      expect([path, answer.status]).toEqual([path, 200]);
      expect(answer.headers['content-type']).toContain('text/html');
    }
    for (const path of ['/metrics', '/x']) {
      expect([path, (await ask(url + path, { headers: link })).status]).toEqual([path, 403]);
    }
    const sent = await post({ url }, '{ who }', link);
    expect(sent.status).toBe(403);
    const off = await start({ settings: { sandbox: 'off' } });
    expect((await ask(`${off.url}/graphql?query={who}`, { headers: link })).status).toBe(403);
  });

  test('of the same site, and whoever types the address, are not meant', async () => {
    const running = await start();
    for (const site of ['same-origin', 'same-site', 'none']) {
      expect((await post(running, '{ who }', { 'sec-fetch-site': site })).status).toBe(200);
    }
  });
});

describe('CORS', () => {
  const key = 'a key of the tests of CORS';
  const auth = { apiKeys: [{ name: 'k', key, role: 'admin' as const }] };
  const preflight = (url: string, origin: string) =>
    ask(`${url}/graphql`, {
      method: 'OPTIONS',
      headers: {
        ...cross,
        origin,
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'authorization,content-type',
      },
    });

  test('answers a named origin’s preflight before anybody is asked for a key', async () => {
    const { url } = await start({ auth, settings: cors });
    const { status, headers } = await preflight(url, app);
    expect(status).toBe(204);
    expect(headers).toMatchObject({
      'access-control-allow-origin': app,
      'access-control-allow-headers': 'authorization,content-type',
      'access-control-allow-methods': 'GET, HEAD, POST',
    });
    expect(headers['vary']).toMatch(/origin/i);
  });

  test.each(['https://evil.example', `${app}.evil.example`, 'null'])(
    'allows nothing to %s',
    async (origin) => {
      for (const settings of [cors, {}]) {
        const { url } = await start({ auth, settings });
        const { status, headers } = await preflight(url, origin);
        expect([status, headers['access-control-allow-origin']]).toEqual([403, undefined]);
      }
    },
  );

  test('lets a named origin read what it is answered, a refusal too, and says that answers differ', async () => {
    const running = await start({ auth, settings: cors });
    const { status, headers } = await post(running, '{ who }', { ...cross, origin: app });
    expect([status, headers['access-control-allow-origin']]).toEqual([401, app]);
    expect(String(headers['access-control-expose-headers'])).toContain('countroom-complete');
    const other = await ask(`${running.url}/livez`);
    expect(other.headers['access-control-allow-origin']).toBeUndefined();
    expect(other.headers['vary']).toMatch(/origin/i);
  });
});
