import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { request } from 'undici';
import { describe, expect, test } from 'vitest';
import { encodingFor } from '../../src/server/export/encoding.ts';
import { start } from './harness.ts';

const query = '{ bets(first: 200) { nodes { id player { username } } } }';

async function raw(url: string, encoding: string | null, body = query) {
  const response = await request(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(encoding && { 'accept-encoding': encoding }) },
    body: JSON.stringify({ query: body }),
  });
  const { 'content-encoding': coded, vary } = response.headers;
  return { coded, vary: String(vary), bytes: Buffer.from(await response.body.arrayBuffer()) };
}

describe('compression', () => {
  test('comes as gzip or br where the client takes it, and every answer says that it may', async () => {
    const { url } = await start({ settings: { cors: { origins: ['https://app.example.com'] } } });
    const plain = await raw(url, null);
    expect(plain.coded).toBeUndefined();
    const gzip = await raw(url, 'gzip');
    const br = await raw(url, 'br');
    expect([gzip.coded, br.coded, (await raw(url, 'br;q=0.5, gzip')).coded]).toEqual(['gzip', 'br', 'gzip']);
    expect(gunzipSync(gzip.bytes)).toEqual(plain.bytes);
    expect(brotliDecompressSync(br.bytes)).toEqual(plain.bytes);
    expect(gzip.bytes.length).toBeLessThan(plain.bytes.length / 3);
    for (const { vary } of [plain, gzip, br]) {
      expect(vary.toLowerCase().split(/,\s*/).sort()).toEqual(['accept-encoding', 'origin']);
    }
  });

  test('is not worth it under 1 kB', async () => {
    const { url } = await start();
    expect((await raw(url, 'gzip, br', '{ who }')).coded).toBeUndefined();
  });

  test.each([
    ['gzip', 'gzip'],
    ['GZIP;q=0.5, br', 'br'],
    ['gzip, deflate, br', 'gzip'],
    ['*', 'gzip'],
    ['gzip;q=0, *', 'br'],
    ['identity', null],
    ['gzip;q=0', null],
    [undefined, null],
  ])('of exports follows Accept-Encoding: %s', (header, encoding) => {
    expect(encodingFor(header)).toBe(encoding);
  });
});
