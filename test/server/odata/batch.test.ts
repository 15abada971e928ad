import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createDuckDbArchive } from '../../../src/archive/duckdb/index.ts';
import { odataRoutes } from '../../../src/server/odata/routes.ts';
import { createBet, createCommit, createContext, HOUR, NOON } from '../../graph/harness.ts';
import { ask, bearer, deferred, type Options, start } from '../harness.ts';

let archive: Awaited<ReturnType<typeof createDuckDbArchive>>;
beforeAll(async () => {
  archive = await createDuckDbArchive({ path: ':memory:', playerOf: (_account, name) => name });
  const bets = [createBet('b1', NOON), createBet('b2', NOON - HOUR)];
  await archive.commit(createCommit('vp-main', 'BET', bets));
  await archive.commit(createCommit('one-main', 'BET', [createBet('o1', NOON - 2 * HOUR)]));
});
afterAll(() => archive.close());

const bi = 'a-key-of-the-role-bi-long-enough';
const one = 'a-key-that-sees-one-account-alone';
const viewer = 'a-key-of-the-role-viewer-long-enough';
const keys = [
  { name: 'bi', key: bi, role: 'bi' as const },
  { name: 'one', key: one, role: 'bi' as const, accounts: ['one-main'] },
  { name: 'viewer', key: viewer, role: 'viewer' as const },
];

function serve(options: Options = {}) {
  return start({
    auth: { apiKeys: keys },
    routes: [odataRoutes],
    makeContext: (seen) => createContext({ archive, viewer: seen }),
    ...options,
  });
}

const json = { 'content-type': 'application/json' };
const batch = (
  { url }: { readonly url: string },
  requests: unknown,
  headers: Readonly<Record<string, string>> = bearer(bi),
) =>
  ask(`${url}/odata/v4/$batch`, {
    method: 'POST',
    headers: { ...json, ...headers },
    body: JSON.stringify({ requests }),
  });
const get = (id: string, url: string, more: object = {}) => ({ id, method: 'GET', url, ...more });

describe('$batch', () => {
  it('answers each request as if it had come by itself', async () => {
    const running = await serve();
    const { host } = new URL(running.url);
    const answer = await batch(running, [
      get('rows', 'Bets?$select=providerBetId&$top=1'),
      get('count', '/odata/v4/Bets/$count', { method: 'get' }),
      get('absolute', `http://${host}/odata/v4/Bets/$count?$filter=account%20eq%20'one-main'`),
      get('wrong', 'Bets?$filter=nothing eq 1'),
      get('missing', 'Beds'),
      get('paged', 'Bets?$select=providerBetId', { headers: { Prefer: 'maxpagesize=2' } }),
      get('metadata', '$metadata'),
      { id: 'changing', method: 'DELETE', url: 'Bets' },
    ]);
    expect([answer.status, answer.headers['content-type'], answer.headers['odata-version']]).toEqual([
      200,
      'application/json;charset=utf-8',
      '4.0',
    ]);
    type Part = { id: string; status: number; headers: Record<string, string>; body?: unknown };
    const parts: readonly Part[] = answer.json.responses;
    expect(parts.map(({ id, status }) => [id, status])).toEqual([
      ['rows', 200],
      ['count', 200],
      ['absolute', 200],
      ['wrong', 400],
      ['missing', 404],
      ['paged', 200],
      ['metadata', 200],
      ['changing', 405],
    ]);
    const [rows, count, absolute, wrong, , paged, metadata, changing] = parts;
    expect(rows!.body).toMatchObject({ value: [{ providerBetId: 'b1' }] });
    expect(rows!.headers).toMatchObject({ 'odata-version': '4.0' });
    expect([count!.body, absolute!.body]).toEqual(['3', '1']);
    expect(wrong!.body).toMatchObject({ error: { code: 'BAD_USER_INPUT', target: '$filter' } });
    expect(paged!.headers).toMatchObject({ 'preference-applied': 'odata.maxpagesize=2' });
    const { '@odata.nextLink': next } = paged!.body as Record<string, string>;
    expect((await ask(next!, { headers: bearer(bi) })).json.value).toEqual([{ providerBetId: 'o1' }]);
    expect(Buffer.from(String(metadata!.body), 'base64url').toString()).toContain('<edmx:Edmx');
    expect(changing!.headers).toMatchObject({ allow: 'GET' });
  });

  it('permits, audits and charges each by itself, whatever its headers say of who asks', async () => {
    const running = await serve({ settings: { limits: { costPerMinute: 2_500 } }, clock: () => NOON });
    const headers = { authorization: `Bearer ${bi}` };
    const requests = [1, 2, 3].map((at) => get(String(at), 'Bets?$select=account', { headers }));
    const answer = await batch(running, requests, bearer(one));
    const [first, second, third] = answer.json.responses;
    expect([first.body.value, second.status]).toEqual([[{ account: 'one-main' }], 200]);
    expect([third.status, third.body.error.code]).toEqual([429, 'RATE_LIMITED']);
    expect(Number(third.headers['retry-after'])).toBeGreaterThan(0);
    const entries = running.audited.map(({ viewer: { name }, operation, rows, cost, error }) => ({
      ...{ name, operation, rows, cost, error },
    }));
    expect(entries).toEqual([
      { name: 'one', operation: 'Bets', rows: 1, cost: 1_000, error: null },
      { name: 'one', operation: 'Bets', rows: 1, cost: 1_000, error: null },
      { name: 'one', operation: null, rows: 0, cost: null, error: 'RATE_LIMITED' },
      { name: 'one', operation: '$batch', rows: 0, cost: null, error: null },
    ]);
    expect((await batch(running, requests, bearer(viewer))).status).toBe(403);
    expect((await batch(running, requests, {})).status).toBe(401);
    const cross = { ...bearer(bi), 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' };
    expect((await batch(running, requests, cross)).status).toBe(403);
  });

  it('goes on after a request that failed, unless it is asked to stop', async () => {
    const running = await serve();
    const requests = [get('1', 'Beds'), get('2', 'Bets/$count')];
    const ids = async (prefer: string) =>
      (await batch(running, requests, { ...bearer(bi), prefer })).json.responses.map(
        ({ id }: { id: string }) => id,
      );
    expect(await ids('odata.continue-on-error')).toEqual(['1', '2']);
    expect(await ids('respond-async')).toEqual(['1', '2']);
    expect(await ids('continue-on-error=false')).toEqual(['1']);
  });

  it('stops with the client that left', async () => {
    const asked = deferred<void>();
    const left = deferred<void>();
    const never: typeof archive = {
      ...archive,
      count: () => {
        asked.resolve();
        return new Promise(() => {});
      },
    };
    const running = await serve({
      makeContext: (seen, gone) => {
        gone?.addEventListener('abort', () => left.resolve());
        return createContext({ archive: never, viewer: seen });
      },
    });
    const client = new AbortController();
    const answer = fetch(`${running.url}/odata/v4/$batch`, {
      method: 'POST',
      headers: { ...json, ...bearer(bi) },
      body: JSON.stringify({ requests: [get('1', 'Bets/$count'), get('2', 'Bets')] }),
      signal: client.signal,
    }).then((given) => given.text());
    await asked.promise;
    client.abort();
    await expect(answer).rejects.toThrow();
    await left.promise;
    const names = () => running.audited.map(({ operation, error }) => [operation, error]);
    await expect.poll(() => names().length).toBe(2);
    expect(names().sort()).toEqual([
      ['$batch', 'ABORTED'],
      ['Bets', 'ABORTED'],
    ]);
  });

  it.each([
    'https://elsewhere.example/odata/v4/Bets',
    '//elsewhere.example/odata/v4/Bets',
    '/graphql?query={who}',
    '../../metrics',
    '%2e%2e/%2e%2e/metrics',
    '$batch',
    '/odata/v4/%24batch',
  ])('refuses %s, and it alone', async (url) => {
    const answer = await batch(await serve(), [get('1', url), get('2', 'Bets/$count')]);
    const [first, second] = answer.json.responses;
    expect([first.status, first.body.error.code]).toEqual([400, 'BAD_USER_INPUT']);
    expect([second.status, second.body]).toEqual([200, '3']);
  });

  it.each([
    [400, 'requests', undefined],
    [400, 'requests', Array.from({ length: 51 }, (_, at) => get(String(at), 'Bets'))],
    [400, 'requests[0].id', [{ method: 'GET', url: 'Bets' }]],
    [400, 'requests[1].id', [get('1', 'Bets'), get('1', 'Bets')]],
    [400, 'requests[0].method', [{ id: '1', method: 'BREW', url: 'Bets' }]],
    [400, 'requests[0].url', [{ id: '1', method: 'GET' }]],
    [400, 'requests[0].headers.accept', [get('1', 'Bets', { headers: { accept: 'a\r\nb' } })]],
    [501, 'requests[1].dependsOn', [get('1', 'Bets'), get('2', 'Bets', { dependsOn: ['1'] })]],
    [501, 'requests[0].atomicityGroup', [get('1', 'Bets', { atomicityGroup: 'g' })]],
  ])('is a %i that names %s', async (status, target, requests) => {
    const answer = await batch(await serve(), requests);
    expect([answer.status, answer.json.error.target]).toEqual([status, target]);
  });

  it('is of JSON and sent by POST alone', async () => {
    const { url } = await serve();
    const headers = bearer(bi);
    const form = await ask(`${url}/odata/v4/$batch`, {
      method: 'POST',
      headers: { ...headers, 'content-type': 'multipart/mixed;boundary=b' },
      body: '--b--',
    });
    expect([form.status, form.json]).toEqual([
      415,
      { error: { code: 'UNSUPPORTED_MEDIA_TYPE', message: expect.stringContaining('application/json') } },
    ]);
    const got = await ask(`${url}/odata/v4/$batch`, { headers });
    expect([got.status, got.headers['allow']]).toEqual([405, 'POST']);
  });
});
