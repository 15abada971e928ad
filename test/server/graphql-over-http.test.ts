import { auditServer } from 'graphql-http';
import { describe, expect, test } from 'vitest';
import { documentHash } from '../../src/server/graphql/safelist.ts';
import { ask, post, start } from './harness.ts';

describe('graphql over http', () => {
  test('passes every audit of graphql-http, with the header that asks for a preflight', async () => {
    const { url } = await start();
    const results = await auditServer({
      url: `${url}/graphql`,
      fetchFn: (input: string, init: RequestInit = {}) =>
        fetch(input, { ...init, headers: { ...init.headers, 'apollo-require-preflight': 'true' } }),
    });
    const failed = results.filter((result) => result.status !== 'ok').map(({ id, name }) => `${id} ${name}`);
    expect(failed).toEqual([]);
    expect(results).toHaveLength(61);
  });

  test('answers a syntax error 400, and 200 to a client that speaks plain JSON alone', async () => {
    const running = await start();
    const plain = await post(running, '{ who');
    expect(plain.status).toBe(400);
    expect(plain.json.errors[0].extensions.code).toBe('GRAPHQL_PARSE_FAILED');
    expect((await post(running, '{ who', { accept: 'application/json' })).status).toBe(200);
    expect((await post(running, '{ who', { accept: 'application/graphql-response+json' })).status).toBe(400);
  });

  test('answers a GET of a program, and shows a browser Apollo Sandbox', async () => {
    const { url } = await start();
    const query = `${url}/graphql?query=${encodeURIComponent('{ who }')}`;
    const answer = await ask(query, {
      headers: { 'apollo-require-preflight': '1', accept: 'application/json' },
    });
    expect(answer.json).toMatchObject({ data: { who: 'anonymous' } });
    const page = await ask(`${url}/graphql`, {
      headers: { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' },
    });
    expect(page.status).toBe(200);
    expect(page.headers['content-type']).toContain('text/html');
    expect(page.text).toContain('embeddable-sandbox');
    expect(page.headers['content-security-policy']).toBe("frame-ancestors 'none'");
  });

  test('links to the sandbox, or shows none, as it is set', async () => {
    const linked = await start({ settings: { sandbox: 'link' } });
    const html = { headers: { accept: 'text/html' } };
    expect((await ask(`${linked.url}/graphql`, html)).text).not.toContain(
      'embeddable-sandbox.cdn.apollographql.com/v2',
    );
    const off = await start({ settings: { sandbox: 'off' } });
    expect((await ask(`${off.url}/graphql`, html)).status).toBe(400);
  });

  test.each([
    ['a batch', '[{"query":"{ who }"}]', 'application/json', 400, 'BAD_REQUEST'],
    [
      'a body of 3 MB',
      JSON.stringify({ query: `{ who } #${'x'.repeat(3_000_000)}` }),
      'application/json',
      413,
      'PAYLOAD_TOO_LARGE',
    ],
    [
      'a form post',
      'query=%7B%20who%20%7D',
      'application/x-www-form-urlencoded',
      415,
      'UNSUPPORTED_MEDIA_TYPE',
    ],
    [
      'a multipart form',
      '--x\r\n\r\n--x--',
      'multipart/form-data; boundary=x',
      415,
      'UNSUPPORTED_MEDIA_TYPE',
    ],
    ['plain text', '{"query":"{ who }"}', 'text/plain', 415, 'UNSUPPORTED_MEDIA_TYPE'],
    ['broken JSON', '{"query":', 'application/json', 400, 'BAD_REQUEST'],
    ['an empty body', '', 'application/json', 400, 'BAD_REQUEST'],
    [
      'a poisoned prototype',
      '{"__proto__":{"a":1},"query":"{ who }"}',
      'application/json',
      400,
      'BAD_REQUEST',
    ],
  ])('refuses %s in the shape of GraphQL', async (_what, body, contentType, status, code) => {
    const { url } = await start();
    const answer = await ask(`${url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': contentType },
      body,
    });
    expect(answer.status).toBe(status);
    expect(answer.json.errors[0].extensions.code).toBe(code);
    expect(answer.json.data).toBeUndefined();
  });

  test('refuses a GET that any web page could send', async () => {
    const { url } = await start();
    const answer = await ask(`${url}/graphql?query=${encodeURIComponent('{ who }')}`, {});
    expect(answer.status).toBe(400);
    expect(answer.json.errors[0].message).toContain('CSRF');
  });

  test('refuses a mutation by GET', async () => {
    const { url } = await start();
    const query = encodeURIComponent('mutation { forget }');
    const answer = await ask(`${url}/graphql?query=${query}`, {
      headers: { 'apollo-require-preflight': '1' },
    });
    expect(answer.status).toBe(405);
  });

  test('registers a persisted query by its hash and answers it by the hash alone', async () => {
    const running = await start();
    const persisted = (sha256Hash: string) => ({
      extensions: { persistedQuery: { version: 1, sha256Hash } },
    });
    const hash = '5d95d3cd2c1bc4ed2eb2ce0c8b8e5ecdb9db4b5d0a8a38ba4d3a4cb0d4ab0c1e';
    const unknown = await post(running, persisted(hash));
    expect(unknown.json.errors[0].extensions.code).toBe('PERSISTED_QUERY_NOT_FOUND');
    const query = '{ who }';
    await post(running, { query, ...persisted(documentHash(query)) });
    const again = await post(running, persisted(documentHash(query)));
    expect(again.json.data).toEqual({ who: 'anonymous' });
  });
});
