import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { getIntrospectionQuery } from 'graphql';
import { afterAll, describe, expect, test } from 'vitest';
import { documentHash } from '../../src/server/graphql/safelist.ts';
import { ask, bearer, deferred, post, start } from './harness.ts';

const times = (count: number, each: (index: number) => string) =>
  Array.from({ length: count }, (_, i) => each(i)).join(' ');
const folder = mkdtempSync(join(tmpdir(), 'countroom-safelist-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('request limits', () => {
  test.each([
    ['aliases', `{ ${times(51, (i) => `a${i}: who`)} }`],
    [
      'aliases',
      `{ ${times(10, (i) => `x${i}: bets { ...A }`)} } fragment A on BetConnection { ${times(6, (i) => `t${i}: totalCount`)} }`,
    ],
    ['directives', `{ who ${times(21, () => '@include(if: true)')} }`],
    ['depth', `{ bets { nodes ${times(7, () => '{ player { bets { nodes')} { id } ${'}'.repeat(22)} }`],
    ['tokens', `{ ${times(2000, () => 'who')} }`],
    ['listSize', `{ nodes(ids: [${times(1001, (i) => `"${i}"`)}]) { id } }`],
    ['cost', '{ bets(first: 1000) { nodes { player { bets(first: 10) { nodes { id } } } } } }'],
  ])('refuses too much in %s before it runs', async (limit, query) => {
    let ran = false;
    const note = () => {
      ran = true;
      return [];
    };
    const settings = { limits: { ...(limit === 'listSize' && { tokens: 5000 }) } };
    const running = await start({ settings, resolvers: { bets: note, nodes: note, who: note } });
    for (const accept of ['*/*', 'application/json', 'application/graphql-response+json']) {
      const answer = await post(running, query, { accept });
      expect(answer.status).toBe(400);
      expect(answer.json.errors).toHaveLength(1);
      expect(answer.json.errors[0].extensions).toMatchObject({ code: 'QUERY_LIMIT_EXCEEDED', limit });
      expect(answer.json.data).toBeUndefined();
    }
    expect(ran).toBe(false);
  });

  test('refuses a list over the limit in the variables too', async () => {
    const running = await start();
    const ids = Array.from({ length: 1001 }, (_, i) => String(i));
    const answer = await post(running, {
      query: 'query Q($ids: [ID!]!) { nodes(ids: $ids) { id } }',
      variables: { ids },
    });
    expect(answer.json.errors[0].extensions).toMatchObject({ limit: 'listSize', max: 1000, found: 1001 });
  });

  test('lets the usual through: introspection, pages of a thousand, seven levels', async () => {
    const running = await start();
    expect((await post(running, getIntrospectionQuery({ inputValueDeprecation: true }))).status).toBe(200);
    const deep = '{ bets(first: 1000) { edges { cursor node { id player { id username } } } totalCount } }';
    const answer = await post(running, deep);
    expect(answer.json.errors).toBeUndefined();
    expect(answer.json.data.bets.edges).toHaveLength(1000);
  });

  test('returns the cost it counted', async () => {
    const running = await start();
    const cost = async (query: string, variables = {}) =>
      (await post(running, { query, variables })).json.extensions.cost;
    expect(await cost('{ who }')).toBe(0);
    const page = await cost('{ bets(first: 10) { nodes { id } } }');
    expect(page).toBe(61);
    expect(await cost('query Q($n: Int) { bets(first: $n) { nodes { id } } }', { n: 20 })).toBe(page + 10);
    expect(await cost('query Q($n: Int = 20) { bets(first: $n) { nodes { id } } }')).toBe(page + 10);
  });

  test('spends a key’s budget and says when to come back', async () => {
    let now = Date.UTC(2026, 0, 1);
    const settings = { limits: { costPerMinute: 120 } };
    const auth = {
      apiKeys: [
        { name: 'a', key: 'key-a-of-these-tests', role: 'bi' as const },
        { name: 'b', key: 'key-b-of-these-tests', role: 'bi' as const },
      ],
    };
    const running = await start({ settings, auth, clock: () => now });
    const page = '{ bets(first: 9) { nodes { id } } }'; // costs 60
    const status = async (key: string) => (await post(running, page, bearer(key))).status;
    expect([await status('key-a-of-these-tests'), await status('key-a-of-these-tests')]).toEqual([200, 200]);
    const refused = await post(running, page, bearer('key-a-of-these-tests'));
    expect(refused.status).toBe(429);
    expect(refused.headers['retry-after']).toBe('30');
    expect(refused.json.errors[0].extensions).toEqual({ code: 'RATE_LIMITED', retryAfterSeconds: 30 });
    expect(await status('key-b-of-these-tests')).toBe(200);
    now += 30_000;
    expect([await status('key-a-of-these-tests'), await status('key-a-of-these-tests')]).toEqual([200, 429]);
  });

  test('gives up on an answer that takes too long', async () => {
    const { promise, resolve } = deferred<string>();
    const running = await start({ settings: { queryTimeout: '50ms' }, resolvers: { slow: () => promise } });
    const answer = await post(running, '{ slow }');
    resolve('late');
    expect(answer.status).toBe(503);
    expect(answer.json.errors[0].extensions.code).toBe('TIMEOUT');
  });
});

describe('safelist', () => {
  const listed = 'query Listed { who }';
  const file = join(folder, 'documents.json');
  writeFileSync(file, JSON.stringify({ listed }));
  const byHash = (text: string) => ({
    extensions: { persistedQuery: { version: 1, sha256Hash: documentHash(text) } },
  });

  test('answers nothing else once it is required, and names no field of the schema', async () => {
    const running = await start({ settings: { safelist: { file, required: true } } });
    for (const query of ['{ who }', '{ nothing }', '{', `${listed} `]) {
      const answer = await post(running, query);
      expect(answer.status).toBe(403);
      expect(answer.json.errors[0].message).toBe('only the documents of the safelist are answered');
    }
    expect((await post(running, listed)).json.data).toEqual({ who: 'anonymous' });
    expect((await post(running, byHash(listed))).json.data).toEqual({ who: 'anonymous' });
    expect((await post(running, byHash('{ who }'))).status).toBe(403);
    expect((await post(running, { query: '{ who }', ...byHash(listed) })).status).toBe(403);
    for (const odd of [{ toString: 1 }, ['{ who }'], 5]) {
      const asHash = { extensions: { persistedQuery: { version: 1, sha256Hash: odd } } };
      expect((await post(running, { query: odd } as never)).status).toBe(403);
      expect((await post(running, asHash as never)).status).toBe(403);
    }
    expect((await post(running, { extensions: { persistedQuery: null } } as never)).status).toBe(403);
  });

  test('holds for GET as for POST', async () => {
    const { url } = await start({ settings: { safelist: { file, required: true } } });
    const get = async (search: string) =>
      (await ask(`${url}/graphql?${search}`, { headers: { 'apollo-require-preflight': '1' } })).status;
    expect(await get(`query=${encodeURIComponent(listed)}`)).toBe(200);
    expect(await get(`extensions=${encodeURIComponent(JSON.stringify(byHash(listed).extensions))}`)).toBe(
      200,
    );
    expect(await get(`query=${encodeURIComponent('{ who }')}`)).toBe(403);
    expect(await get(`query=${encodeURIComponent(listed)}&query=${encodeURIComponent('{ who }')}`)).toBe(400);
  });

  test('binds a single key, and nobody else', async () => {
    const apiKeys = [
      { name: 'kiosk', key: 'kiosk-key-of-these-tests', role: 'viewer', documents: 'safelist' },
      { name: 'bi', key: 'bi-key-of-these-tests', role: 'bi' },
    ] as const;
    const running = await start({ auth: { apiKeys: [...apiKeys] }, settings: { safelist: { file } } });
    expect((await post(running, '{ who }', bearer('kiosk-key-of-these-tests'))).status).toBe(403);
    expect((await post(running, listed, bearer('kiosk-key-of-these-tests'))).json.data).toEqual({
      who: 'kiosk',
    });
    expect((await post(running, '{ who }', bearer('bi-key-of-these-tests'))).status).toBe(200);
  });

  test('is missed at start where a key is bound to it', async () => {
    const auth = {
      apiKeys: [{ name: 'kiosk', key: 'kiosk-key-of-these-tests', role: 'viewer', documents: 'safelist' }],
    } as const;
    await expect(start({ auth: { apiKeys: [...auth.apiKeys] } })).rejects.toThrow(
      'server.safelist: expected a file',
    );
  });

  test.each([
    ['no JSON', '{'],
    ['no documents', '{"a": 1}'],
  ])('refuses a file with %s at start', async (_what, text) => {
    const broken = join(folder, 'broken.json');
    writeFileSync(broken, text);
    await expect(start({ settings: { safelist: { file: broken } } })).rejects.toThrow(
      'server.safelist.file: expected',
    );
  });

  test('reads a manifest of Apollo', async () => {
    const manifest = join(folder, 'manifest.json');
    const operations = [{ id: 'x', name: 'Listed', type: 'query', body: listed }];
    writeFileSync(
      manifest,
      JSON.stringify({ format: 'apollo-persisted-query-manifest', version: 1, operations }),
    );
    const running = await start({ settings: { safelist: { file: manifest, required: true } } });
    expect((await post(running, listed)).status).toBe(200);
  });
});
