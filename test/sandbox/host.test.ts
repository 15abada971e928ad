import { request } from 'node:http';
import { gunzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import { UnavailableError } from '../../src/errors.ts';
import type { Sandbox, SandboxRequest } from '../../src/providers/sandbox.ts';
import { answer, drip, type FaultName, faults, gzipBomb, hugeBody } from '../../src/sandbox/faults.ts';
import { createSandboxServer, type SandboxServer } from '../../src/sandbox/host.ts';

const rows = [
  { id: '1', amount: '10.50', count: 3 },
  { id: '2', amount: '0.25', count: 4 },
];
const whole = `{"code":0,"data":${JSON.stringify(rows)}}`;

const servers: SandboxServer[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

async function setUp(body = whole) {
  const requests: SandboxRequest[] = [];
  const sandbox: Sandbox = {
    account: {},
    calls: [],
    truth: () => [],
    handle(each) {
      requests.push(each);
      return { status: 200, headers: { 'content-type': 'application/json' }, body };
    },
  };
  const clock = () => Date.UTC(2026, 10, 21, 12);
  const server = await createSandboxServer({ sandboxes: { one: sandbox, two: sandbox }, clock });
  servers.push(server);
  return { server, requests };
}

interface Met {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly bytes: Buffer;
  readonly text: string;
}

/** What a client meets: rejects where the connection breaks, gives up after `timeoutMs` without news. */
function post(url: string, headers: Record<string, string> = {}, timeoutMs = 200): Promise<Met> {
  return new Promise((resolve, reject) => {
    const call = request(url, { method: 'POST', headers, timeout: timeoutMs, agent: false }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        const bytes = Buffer.concat(chunks);
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          bytes,
          text: bytes.toString('utf8'),
        });
      });
    });
    call.on('timeout', () => call.destroy(new Error('no news')));
    call.on('error', reject);
    call.end('{"asked":"é"}');
  });
}

describe('the sandbox server', () => {
  it('hands each sandbox what was asked under its name', async () => {
    const { server, requests } = await setUp();
    const met = await post(`${server.baseUrl('two')}/v2/list?x=1`, { 'X-Sign': 'abc' });
    expect(met).toMatchObject({ status: 200, text: whole });
    expect(met.headers).toMatchObject({
      'content-type': 'application/json',
      date: 'Sat, 21 Nov 2026 12:00:00 GMT',
    });
    expect(requests).toEqual([
      {
        method: 'POST',
        path: '/v2/list',
        query: 'x=1',
        headers: expect.objectContaining({ 'x-sign': 'abc' }),
        body: '{"asked":"é"}',
      },
    ]);
  });

  it('compresses large answers for clients that take gzip', async () => {
    const { server } = await setUp(`"${'x'.repeat(5_000)}"`);
    const met = await post(server.baseUrl('one'), { 'accept-encoding': 'gzip' });
    expect(met.headers['content-encoding']).toBe('gzip');
    expect(gunzipSync(met.bytes).toString()).toBe(`"${'x'.repeat(5_000)}"`);
    expect((await post(server.baseUrl('one'))).headers['content-encoding']).toBeUndefined();
  });

  it('knows no other name', async () => {
    const { server, requests } = await setUp();
    expect((await post(`${server.url}/three/x`)).status).toBe(404);
    expect((await post(`${server.url}/toString`)).status).toBe(404);
    expect(requests).toEqual([]);
    expect(() => server.baseUrl('three')).toThrow('expected one of one, two, got three');
    expect(() => server.inject('three', 'hang')).toThrow(RangeError);
  });

  it('says so where its port is taken', async () => {
    const { server } = await setUp();
    const port = Number(new URL(server.url).port);
    await expect(createSandboxServer({ sandboxes: {}, port })).rejects.toThrow(UnavailableError);
  });

  it('answers HTTP 500 with the reason where a sandbox throws', async () => {
    const handle = () => {
      throw new Error('no such row');
    };
    const broken: Sandbox = { account: {}, calls: [], truth: () => [], handle };
    const server = await createSandboxServer({ sandboxes: { broken } });
    servers.push(server);
    const met = await post(server.baseUrl('broken'));
    expect(met).toMatchObject({ status: 500, text: expect.stringContaining('sandbox: Error: no such row') });
  });

  it('drops hanging answers when closed', async () => {
    const { server } = await setUp();
    server.inject('one', 'hang');
    const hanging = expect(post(server.baseUrl('one'), {}, 10_000)).rejects.toThrow();
    await server.close();
    await hanging;
  });
});

describe('an injected fault', () => {
  it('is met once, by its sandbox alone, in the order of injection, and the request is judged all the same', async () => {
    const { server, requests } = await setUp();
    server.inject('one', 'unavailable', 2);
    server.inject('one', 'notFound');
    expect(server.pending('one')).toBe(3);
    expect((await post(server.baseUrl('two'))).status).toBe(200);
    const statuses: number[] = [];
    for (let call = 0; call < 4; call += 1) statuses.push((await post(server.baseUrl('one'))).status);
    expect(statuses).toEqual([503, 503, 404, 200]);
    expect(server.pending('one')).toBe(0);
    expect(requests).toHaveLength(5);
  });

  it('may wait for one path, and be called off', async () => {
    const { server } = await setUp();
    server.inject('one', 'internalError', 1, '/auth');
    server.inject('one', 'badGateway', Number.POSITIVE_INFINITY, '/list');
    expect((await post(`${server.baseUrl('one')}/list`)).status).toBe(502);
    expect((await post(`${server.baseUrl('one')}/auth`)).status).toBe(500);
    expect((await post(`${server.baseUrl('one')}/list`)).status).toBe(502);
    server.heal('one');
    expect((await post(`${server.baseUrl('one')}/list`)).status).toBe(200);
  });

  async function meet(fault: FaultName): Promise<Met> {
    const { server } = await setUp();
    server.inject('one', fault);
    return post(server.baseUrl('one'));
  }

  it.each([
    ['internalError', 500],
    ['badGateway', 502],
    ['unavailable', 503],
    ['gatewayTimeout', 504],
    ['unauthorized', 401],
    ['forbidden', 403],
    ['notFound', 404],
    ['redirect', 302],
  ] as const)('%s answers HTTP %i', async (fault, status) => {
    expect(await meet(fault)).toMatchObject({ status, text: expect.stringContaining('<html>') });
  });

  it('tells how long to wait, in seconds or as a date', async () => {
    expect((await meet('tooManyRequests')).headers['retry-after']).toBe('1');
    expect((await meet('tooManyRequestsUntil')).headers['retry-after']).toBe('Sat, 21 Nov 2026 12:00:02 GMT');
  });

  it.each([
    ['hangUp', /socket hang up|ECONNRESET/],
    ['hang', /no news/],
    ['hangMidBody', /no news|aborted/],
    ['resetMidBody', /aborted|ECONNRESET/],
    ['closeMidBody', /aborted/],
    ['drip', /no news|aborted/],
  ] as const)('%s breaks the connection', async (fault, message) => {
    await expect(meet(fault)).rejects.toThrow(message);
  });

  it('spoils the body, and its headers fit', async () => {
    expect((await meet('truncatedJson')).text).toBe(whole.slice(0, Math.floor(whole.length / 2)));
    const cut = await meet('truncatedGzip');
    expect(cut.headers['content-encoding']).toBe('gzip');
    expect(() => gunzipSync(cut.bytes)).toThrow('unexpected end of file');
    expect(() => gunzipSync(Buffer.from(whole))).toThrow();
    expect((await meet('notGzip')).headers['content-encoding']).toBe('gzip');
    expect(await meet('html')).toMatchObject({ status: 200, headers: { 'content-type': 'text/html' } });
    expect((await meet('empty')).text).toBe('');
    expect([...(await meet('bom')).bytes.subarray(0, 3)]).toEqual([0xef, 0xbb, 0xbf]);
    const invalid = (await meet('invalidUtf8')).bytes;
    expect(() => new TextDecoder('utf-8', { fatal: true }).decode(invalid)).toThrow();
    expect(await meet('wrongContentType')).toMatchObject({
      text: whole,
      headers: { 'content-type': 'text/plain' },
    });
  });

  it('answers what a test says, drips as fast as it says, and sends as much', async () => {
    const { server } = await setUp();
    server.inject('one', answer('{"code":77}', { 'retry-after': '3' }));
    expect(await post(server.baseUrl('one'))).toMatchObject({
      status: 200,
      text: '{"code":77}',
      headers: { 'retry-after': '3', 'content-type': 'application/json' },
    });
    server.inject('one', drip(0));
    expect((await post(server.baseUrl('one'))).text).toBe(whole);
    server.inject('one', hugeBody(2));
    expect((await post(server.baseUrl('one'))).bytes.length).toBe(2 * 1_048_576 + whole.length);
    server.inject('one', gzipBomb(2));
    const bomb = await post(server.baseUrl('one'));
    expect(bomb.bytes.length).toBeLessThan(10_000);
    expect(gunzipSync(bomb.bytes).length).toBe(2 * 1_048_576);
  });

  async function rowsAfter(fault: FaultName): Promise<unknown> {
    return JSON.parse((await meet(fault)).text).data;
  }

  it('spoils rows, the others untouched', async () => {
    const [first, second] = rows;
    expect(await rowsAfter('duplicateRow')).toEqual([first, first, second]);
    expect(await rowsAfter('noRows')).toEqual([]);
    expect((await meet('extraField')).text).toContain('"notInTheDocument":{"nested":[1.10]}');
    expect(await rowsAfter('notARow')).toEqual(['?', second]);
    expect(await rowsAfter('emptyRow')).toEqual([{}, second]);
    expect(await rowsAfter('nestedFields')).toEqual([{ id: ['1'], amount: ['10.50'], count: [3] }, second]);
    expect(await rowsAfter('localeAmounts')).toEqual([{ ...first, amount: '1,234.50' }, second]);
    expect(await rowsAfter('emptyAmounts')).toEqual([{ ...first, amount: '' }, second]);
    expect(await rowsAfter('notANumber')).toEqual([{ ...first, amount: 'NaN' }, second]);
    expect((await meet('endlessAmounts')).bytes.length).toBeGreaterThan(1_000_000);
    expect((await meet('retypedAmounts')).text).toContain('{"id":"1","amount":10.50,"count":"3"}');
  });

  it('says in a sentence what it does', () => {
    for (const { does } of Object.values(faults)) expect(does).toMatch(/^[a-z].{10,}$/);
  });
});
