import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createDuckDbArchive } from '../../src/archive/duckdb/index.ts';
import { MAX_HEAD, MAX_URL } from '../../src/server/http/long-requests.ts';
import { odataRoutes } from '../../src/server/odata/routes.ts';
import { createBet, createCommit, createContext, NOON } from '../graph/harness.ts';
import { ask, type Running, start } from './harness.ts';

let running: Running;
let archive: Awaited<ReturnType<typeof createDuckDbArchive>>;
beforeAll(async () => {
  archive = await createDuckDbArchive({ path: ':memory:', playerOf: (_account, name) => name });
  await archive.commit(createCommit('vp-main', 'BET', [createBet('b1', NOON, { gameCode: 'game 17' })]));
});
afterAll(() => archive.close());

/** An address of exactly that many bytes. */
function padded(path: string, length: number): string {
  return path + 'x'.repeat(length - path.length);
}

/** Sends bytes as they are and gives what comes back, until the server closes. */
function send(url: string, text: string): Promise<string> {
  const { port, hostname } = new URL(url);
  return new Promise((resolve, reject) => {
    const parts: Buffer[] = [];
    const socket = connect(Number(port), hostname);
    socket.on('data', (part) => parts.push(part));
    socket.on('error', reject);
    socket.on('close', () => resolve(Buffer.concat(parts).toString()));
    socket.write(text);
  });
}

describe('long requests', () => {
  const open = async () => {
    running = await start({
      routes: [odataRoutes],
      makeContext: (viewer) => createContext({ archive, viewer }),
    });
    return running.url;
  };

  test('are answered where a slicer names thousands of values', async () => {
    const url = await open();
    for (const condition of [(at: number) => `gameCode eq 'game ${at}'`, (at: number) => `stake eq ${at}`]) {
      const chosen: string[] = [];
      const path = () =>
        `/odata/v4/Bets?$select=gameCode&$filter=${encodeURIComponent(`gameCode eq 'game 17' or ${chosen.join(' or ')}`).replaceAll("'", '%27')}`;
      for (let at = 0; at === 0 || path().length < MAX_URL - 4_000; at += 25)
        chosen.push(...Array.from({ length: 25 }, (_, more) => condition(at + more)));
      const answer = await ask(url + path());
      expect([answer.status, answer.json.value]).toEqual([200, [{ gameCode: 'game 17' }]]);
    }
  });

  test('are answered up to the limit, and 414 beyond, in the shape of the route', async () => {
    const url = await open();
    expect((await ask(url + padded('/odata/v4/Bets/$count?x=', MAX_URL))).status).toBe(200);
    const odata = await ask(url + padded('/odata/v4/Bets/$count?x=', MAX_URL + 1));
    const message = expect.stringContaining('65536');
    expect([odata.status, odata.json]).toEqual([414, { error: { code: 'URI_TOO_LONG', message } }]);
    expect(odata.headers['content-type']).toContain('application/json');
    const graph = await ask(url + padded('/graphql?query=', MAX_URL + 1), {
      headers: { 'apollo-require-preflight': '1' },
    });
    expect([graph.status, graph.json.errors[0].extensions.code]).toEqual([414, 'URI_TOO_LONG']);
  });

  test('are still told why where Node breaks off', async () => {
    const url = await open();
    for (const length of [MAX_HEAD + 1, 3 * MAX_HEAD]) {
      const answer = await send(
        url,
        `GET ${padded('/odata/v4/Bets?x=', length)} HTTP/1.1\r\nhost: localhost\r\n\r\n`,
      );
      expect(answer).toMatch(/^HTTP\/1\.1 414 URI Too Long\r\n/);
      expect(JSON.parse(answer.split('\r\n\r\n')[1]!).error.code).toBe('URI_TOO_LONG');
    }
  });

  test('of GET /graphql have the limits of any other', async () => {
    const url = await open();
    const query = (times: number) =>
      `${url}/graphql?query=${encodeURIComponent(`{ ${'who '.repeat(times)} }`)}`;
    const headers = { 'apollo-require-preflight': '1' };
    expect((await ask(query(500), { headers })).status).toBe(200);
    const many = await ask(query(8_000), { headers });
    expect([many.status, many.json.errors[0].extensions]).toMatchObject([400, { limit: 'tokens' }]);
  });

  test('have no more headers than before', async () => {
    const url = await open();
    const answer = await ask(`${url}/odata/v4/`, { headers: { 'x-more': 'x'.repeat(16_384) } });
    expect([answer.status, answer.json.error.code]).toEqual([431, 'HEADERS_TOO_LARGE']);
    const more = Array.from({ length: 200 }, (_, at) => `x-more-${at}: ${'x'.repeat(1_000)}\r\n`).join('');
    const head = `GET /odata/v4/ HTTP/1.1\r\nhost: localhost\r\n${more}\r\n`;
    expect(await send(url, head)).toMatch(/^HTTP\/1\.1 431 /);
    expect(await send(url, 'no request\r\n\r\n')).toMatch(/^HTTP\/1\.1 400 /);
  });
});
