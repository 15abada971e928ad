import { createServer as createHttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { z } from 'zod';
import { authSettings } from '../../src/config/server-settings.ts';
import { documentHash } from '../../src/server/graphql/safelist.ts';
import { ask, basic, bearer, post, start } from './harness.ts';

const key = 'bi-key-of-these-tests';
const auth: z.input<typeof authSettings> = {
  apiKeys: [
    { name: 'powerbi', key, role: 'bi', accounts: ['vp-main'] },
    { name: 'hashed', sha256: documentHash('only its hash is configured'), role: 'viewer' },
    { name: 'old', key: 'a key that has ended', role: 'admin', expires: '2020-01-01' },
    { name: 'rotated', key: 'the old one of these two', role: 'viewer', expires: '2999-01-01' },
    { name: 'rotated', key: 'the new one of these two', role: 'viewer' },
  ],
};

describe('authentication', () => {
  test.each([
    ['no header', {}],
    ['an unknown key', bearer('unknown')],
    ['an unknown password', basic('unknown')],
    ['a key as user name', { authorization: `Basic ${Buffer.from(`${key}:`).toString('base64')}` }],
    ['another scheme', { authorization: `Digest ${key}` }],
    ['a bare key', { authorization: key }],
    ['a JWT where none is configured', bearer('e30.e30.e30')],
  ])('answers %s 401 before the query is parsed', async (_what, headers) => {
    const running = await start({ auth });
    for (const query of [
      '{ who }',
      '{ nonsense',
      '{ nothingOfThisName }',
      '{ __schema { types { name } } }',
    ]) {
      const answer = await post(running, query, headers);
      expect(answer.status).toBe(401);
      expect(answer.json.errors[0].extensions).toEqual({ code: 'UNAUTHENTICATED' });
      expect(answer.headers['www-authenticate']).toContain('Basic realm="countroom"');
    }
    const huge = await post(running, `{ who } #${'x'.repeat(3_000_000)}`, headers);
    expect(huge.status).toBe(401);
  });

  test('asks for a key on every path but those of health and pages', async () => {
    const { url } = await start({ auth });
    for (const path of [
      '/metrics',
      '/graphql',
      '/explorer/nothing',
      '/console',
      '/x',
      '/%zz',
      '/%',
      '/x%zz',
    ]) {
      expect([path, (await ask(url + path)).status]).toEqual([path, 401]);
      expect([path, (await ask(url + path, { method: 'HEAD' })).status]).toEqual([path, 401]);
    }
    expect((await ask(`${url}/livez`)).status).toBe(200);
    expect((await ask(`${url}/readyz`)).status).toBe(200);
  });

  test.each([
    ['bearer', bearer(key), 'powerbi'],
    ['basic, whatever the user name', basic(key, 'whoever'), 'powerbi'],
    ['a key of which only the hash is configured', basic('only its hash is configured'), 'hashed'],
    ['the older of two keys of one name', basic('the old one of these two'), 'rotated'],
    ['the newer of two keys of one name', basic('the new one of these two'), 'rotated'],
  ])('lets in %s', async (_what, headers, name) => {
    const running = await start({ auth });
    const answer = await post(running, '{ who }', headers);
    expect(answer.json.data).toEqual({ who: name });
  });

  test('ends a key at its date, and says so to whoever has it', async () => {
    const running = await start({ auth });
    const answer = await post(running, '{ who }', basic('a key that has ended'));
    expect(answer.status).toBe(401);
    expect(answer.json.errors[0].message).toBe('the key old expired at 2020-01-01T00:00:00.000Z');
  });

  test('gives a key its role and its accounts', async () => {
    const { url, audited, ...running } = await start({ auth });
    await post({ url }, 'query Mine { who }', bearer(key));
    expect(audited).toMatchObject([
      { operation: 'Mine', viewer: { name: 'powerbi', role: 'bi', accounts: ['vp-main'] } },
    ]);
    expect((await ask(`${url}/metrics`, { headers: bearer(key) })).status).toBe(403);
    expect(running.logText()).not.toContain(key);
  });

  test('logs strangers’ attempts up to a number a minute, and then how many there were', async () => {
    let now = 0;
    const running = await start({ auth, clock: () => now });
    const attempts = () => running.logged.filter((line) => line['code'] === 'UNAUTHENTICATED');
    for (let at = 0; at < 25; at += 1) await ask(`${running.url}/graphql`);
    expect(attempts()).toHaveLength(20);
    now = 60_000;
    await ask(`${running.url}/graphql`);
    expect(attempts().at(-1)).toMatchObject({ status: 401, notLogged: 5 });
  });

  test('refuses a web page that made its name resolve to an open loopback server', async () => {
    const running = await start();
    const answer = await post(running, '{ who }', { host: 'evil.example.com' });
    expect(answer.status).toBe(421);
    expect((await post(running, '{ who }', { host: 'localhost:4000' })).status).toBe(200);
    const behindProxy = await start({ settings: { allowedHosts: ['bi.example.com'] } });
    expect((await post(behindProxy, '{ who }', { host: 'bi.example.com' })).status).toBe(200);
  });

  test('settings refuse a key given twice or not at all, and keys of the issuer over plain http', () => {
    const faults = (value: unknown) =>
      authSettings
        .safeParse(value)
        .error?.issues.map(({ path, message }) => `${path.join('.')}: ${message}`) ?? [];
    const both = { name: 'a', key, sha256: documentHash('x'), role: 'bi' };
    expect(faults({ apiKeys: [both] })).toEqual(['apiKeys.0: expected either key or sha256']);
    expect(faults({ apiKeys: [{ name: 'a', role: 'bi' }] })).toHaveLength(1);
    const jwt = { issuer: 'i', audience: 'a' };
    expect(faults({ jwt: { ...jwt, jwksUri: 'http://idp.example.com/keys' } })).toEqual([
      'jwt.jwksUri: expected https (plain http only to loopback)',
    ]);
    expect(faults({ jwt: { ...jwt, jwksUri: 'https://idp.example.com/keys' } })).toEqual([]);
  });
});

describe('authentication by JWT', () => {
  let jwksUri: string;
  let sign: (claims: JWTPayload, change?: (jwt: SignJWT) => SignJWT, typ?: string) => Promise<string>;
  let strange: typeof sign;
  const stops: (() => void)[] = [];

  beforeAll(async () => {
    const { publicKey, privateKey } = await generateKeyPair('ES256');
    const other = await generateKeyPair('ES256');
    const keys = [{ ...(await exportJWK(publicKey)), kid: 'k1', alg: 'ES256', use: 'sig' }];
    const issuer = createHttpServer((_request, response) => {
      response.setHeader('content-type', 'application/json').end(JSON.stringify({ keys }));
    });
    await new Promise<void>((resolve) => issuer.listen(0, '127.0.0.1', resolve));
    stops.push(() => issuer.close());
    jwksUri = `http://127.0.0.1:${(issuer.address() as AddressInfo).port}/jwks`;
    const signer =
      (signingKey: CryptoKey) =>
      (claims: JWTPayload, change = (jwt: SignJWT) => jwt, typ?: string) =>
        change(
          new SignJWT(claims)
            .setProtectedHeader({ alg: 'ES256', kid: 'k1', ...(typ && { typ }) })
            .setSubject('ann')
            .setIssuer('https://idp.example.com/')
            .setAudience('countroom')
            .setExpirationTime('5m'),
        ).sign(signingKey);
    sign = signer(privateKey);
    strange = signer(other.privateKey);
  });
  afterAll(() => {
    for (const stop of stops) stop();
  });

  const settings = () => ({
    apiKeys: [],
    jwt: { jwksUri, issuer: 'https://idp.example.com/', audience: 'countroom', roleClaim: 'role' },
  });

  test('takes role, accounts and player from the claims', async () => {
    const running = await start({ auth: settings() });
    const admin = await post(
      running,
      '{ who }',
      bearer(await sign({ role: 'admin', accounts: ['vp-main'] })),
    );
    expect(admin.json.data).toEqual({ who: 'jwt:ann' });
    await post(running, '{ who }', bearer(await sign({ role: 'player', player: 'ann77' })));
    expect(running.audited.map(({ viewer }) => viewer)).toMatchObject([
      { role: 'admin', accounts: ['vp-main'], onlyPlayer: null, readsRaw: true },
      { role: 'player', accounts: null, onlyPlayer: 'ann77', readsRaw: false },
    ]);
  });

  test('finds a role under a path, and in a list that names one', async () => {
    const base = settings();
    const running = await start({ auth: { ...base, jwt: { ...base.jwt, roleClaim: 'realm_access.roles' } } });
    const roles = (...names: string[]) => sign({ realm_access: { roles: names } }).then(bearer);
    expect((await post(running, '{ who }', await roles('offline', 'support'))).status).toBe(200);
    expect((await post(running, '{ who }', await roles('viewer', 'admin'))).status).toBe(403);
    expect((await post(running, '{ who }', await roles())).status).toBe(403);
  });

  test('refuses with 401 a token that is not valid, and says what was expected', async () => {
    const running = await start({ auth: settings() });
    const claims = { role: 'admin' };
    const unsigned = (await sign(claims)).replace(
      /^[^.]+/,
      Buffer.from('{"alg":"none"}').toString('base64url'),
    );
    const tampered = (await sign(claims)).replace(
      /\.[^.]+\./,
      `.${Buffer.from('{"role":"admin"}').toString('base64url')}.`,
    );
    const withoutSubject = () =>
      new SignJWT({ ...claims, sub: 7 as unknown as string })
        .setProtectedHeader({ alg: 'ES256', kid: 'k1' })
        .setIssuer('https://idp.example.com/')
        .setAudience('countroom')
        .setExpirationTime('5m');
    const tokens: readonly [string, RegExp][] = [
      [await sign(claims, (jwt) => jwt.setExpirationTime('-1m')), /token expired at \d{4}-.*Z/],
      [
        await sign(claims, (jwt) => jwt.setIssuer('https://evil.example.com/')),
        /claim iss, got another value/,
      ],
      [await sign(claims, (jwt) => jwt.setAudience('crm')), /claim aud, got another value/],
      [await sign(claims, withoutSubject), /claim sub, got another value/],
      [await sign(claims, (jwt) => jwt.setExpirationTime(-1e300)), /^token expired$/],
      [await strange(claims), /one of the issuer’s published keys, got another signature/],
      [tampered, /one of the issuer’s published keys, got another signature/],
      [unsigned, /signed by one of RS256.*, got another algorithm/],
    ];
    for (const [token, says] of tokens) {
      const { status, json } = await post(running, '{ who }', bearer(token));
      expect([status, json.errors[0].message]).toEqual([401, expect.stringMatching(says)]);
    }
  });

  test('refuses with 401 what is no access token, before any key is looked for', async () => {
    const base = settings();
    const nowhere = { ...base.jwt, jwksUri: 'http://127.0.0.1:1/jwks' };
    const running = await start({ auth: { ...base, jwt: nowhere } });
    const typed = (typ: string) => sign({ role: 'admin' }, (jwt) => jwt, typ);
    const said = async (token: string) => {
      const { status, json } = await post(running, '{ who }', bearer(token));
      return [status, json.errors[0].message];
    };
    expect(await said(await typed('logout+jwt'))).toEqual([401, 'expected a token of typ JWT or at+jwt']);
    expect(await said(await sign({ role: 'admin', filler: 'x'.repeat(8_000) }))).toEqual([
      401,
      expect.stringMatching(/^expected a token of at most 8192 characters, got \d{5}$/),
    ]);
    const served = await start({ auth: base });
    for (const typ of ['JWT', 'at+jwt', 'application/at+JWT']) {
      const answer = await post(served, '{ who }', bearer(await typed(typ)));
      expect([typ, answer.status]).toEqual([typ, 200]);
    }
  });

  test('reads no more than 1 MB of the issuer’s keys', async () => {
    const huge = createHttpServer((_request, response) => {
      const padding = { kty: 'oct', kid: 'x'.repeat(1_000_000) };
      response.setHeader('content-type', 'application/json').end(JSON.stringify({ keys: [padding] }));
    });
    await new Promise<void>((resolve) => huge.listen(0, '127.0.0.1', resolve));
    stops.push(() => huge.close());
    const base = settings();
    const uri = `http://127.0.0.1:${(huge.address() as AddressInfo).port}/`;
    const running = await start({ auth: { ...base, jwt: { ...base.jwt, jwksUri: uri } } });
    expect((await post(running, '{ who }', bearer(await sign({ role: 'admin' })))).status).toBe(503);
  });

  test('forgives the clocks a few seconds', async () => {
    const running = await start({ auth: settings() });
    const token = await sign({ role: 'bi' }, (jwt) => jwt.setExpirationTime('-2s'));
    expect((await post(running, '{ who }', bearer(token))).status).toBe(200);
  });

  test('refuses with 403 a token without a usable role, or a player who is nobody', async () => {
    const running = await start({ auth: settings() });
    for (const claims of [{}, { role: 'root' }, { role: 'player' }, { role: 'bi', accounts: 'vp-main' }]) {
      const answer = await post(running, '{ who }', bearer(await sign(claims)));
      expect([claims, answer.status]).toEqual([claims, 403]);
    }
  });

  test('says 503 while the issuer’s keys cannot be read, and follows no redirect', async () => {
    const redirecting = createHttpServer((_request, response) => {
      response.writeHead(302, { location: jwksUri }).end();
    });
    await new Promise<void>((resolve) => redirecting.listen(0, '127.0.0.1', resolve));
    stops.push(() => redirecting.close());
    const base = settings();
    const uri = `http://127.0.0.1:${(redirecting.address() as AddressInfo).port}/`;
    const running = await start({ auth: { ...base, jwt: { ...base.jwt, jwksUri: uri } } });
    const answer = await post(running, '{ who }', bearer(await sign({ role: 'admin' })));
    expect(answer.status).toBe(503);
    expect(answer.json.errors[0].extensions.code).toBe('AUTH_UNAVAILABLE');
  });
});
