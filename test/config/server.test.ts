import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { faultsOf, load, oneAccount } from './files.ts';

const server = (text: string) => `${oneAccount}\nserver: ${text}`;

describe('what stands in front of the gateway', () => {
  it('is nothing unless it is said', () => {
    const { trustProxy, publicUrl, cors, sandbox, drainDelay } = load(oneAccount).server;
    expect({ trustProxy, publicUrl, cors, sandbox, drainDelay }).toEqual({
      trustProxy: false,
      publicUrl: undefined,
      cors: undefined,
      sandbox: 'embedded',
      drainDelay: 5_000,
    });
  });

  it('is taken as it is said', () => {
    const text =
      '{ publicUrl: "https://bi.example.com/countroom/", trustProxy: [10.0.0.1, "fd00::/8"], cors: { origins: ["https://app.example.com"] }, drainDelay: 0s, sandbox: link }';
    expect(load(server(text)).server).toMatchObject({
      publicUrl: 'https://bi.example.com/countroom',
      trustProxy: ['10.0.0.1', 'fd00::/8'],
      cors: { origins: ['https://app.example.com'] },
      drainDelay: 0,
      sandbox: 'link',
    });
    expect(load(server('{ trustProxy: true }')).server.trustProxy).toBe(true);
  });

  it.each([
    [
      '{ publicUrl: bi.example.com }',
      'server.publicUrl: expected a URL such as https://bi.example.com/countroom',
    ],
    ['{ publicUrl: "https://bi.example.com/?a=1" }', 'server.publicUrl: expected a URL'],
    ['{ trustProxy: [localhost] }', 'server.trustProxy[0]: expected an address such as 10.0.0.1'],
    ['{ trustProxy: [10.0.0.0/33] }', 'server.trustProxy[0]: expected an address'],
    ['{ trustProxy: 3 }', 'server.trustProxy: expected true, false or a list of addresses, got 3'],
    ['{ cors: { origins: ["https://app.example.com/"] } }', 'server.cors.origins[0]: expected an origin'],
    ['{ cors: { origins: ["*"] } }', 'server.cors.origins[0]: expected an origin'],
    ['{ sandbox: embeded }', 'server.sandbox: expected one of embedded, link, off'],
    ['{ publicURL: "https://x.example.com" }', 'server.publicURL: unknown key; did you mean'],
  ])('refuses %s', (text, fault) => {
    expect(faultsOf(server(text)).join('\n')).toContain(fault);
  });
});

describe('how much is logged', () => {
  it('is said by log.level, over which COUNTROOM_LOG_LEVEL wins', () => {
    const warn = `${oneAccount}\nlog: { level: warn }`;
    expect(load(oneAccount).log.level).toBe('info');
    expect(load(warn).log.level).toBe('warn');
    expect(load(warn, { env: { COUNTROOM_LOG_LEVEL: 'debug' } }).log.level).toBe('debug');
    expect(load(warn, { env: { COUNTROOM_LOG_LEVEL: '' } }).log.level).toBe('warn');
  });

  it('refuses a level there is not', () => {
    expect(faultsOf(`${oneAccount}\nlog: { level: loud }`)).toEqual([
      'log.level: expected one of debug, info, warn, error, got "loud"',
    ]);
    expect(faultsOf(oneAccount, { env: { COUNTROOM_LOG_LEVEL: 'inf' } })).toEqual([
      'COUNTROOM_LOG_LEVEL: expected one of debug, info, warn, error, got "inf"; did you mean "info"?',
    ]);
  });
});

describe('keys', () => {
  const keys = (...entries: readonly string[]) =>
    faultsOf(
      `${oneAccount}\nauth: { apiKeys: [${entries.map((entry, at) => `{ name: k${at}, role: bi, ${entry} }`).join()}] }`,
    );

  it('are refused under 20 characters, without being repeated', () => {
    const faults = keys('key: a1b2c3d4e5f6g7h8i9j');
    expect(faults.join()).toMatch(/^auth\.apiKeys\[0\]\.key: expected at least 20 characters/);
    expect(faults.join()).not.toContain('a1b2c3');
    const taken = load(
      `${oneAccount}\nauth: { apiKeys: [{ name: k, role: bi, key: a1b2c3d4e5f6g7h8i9j0 }] }`,
    );
    expect(taken.auth?.apiKeys).toHaveLength(1);
  });

  it('are refused when they come twice, be it as their hash', () => {
    const key = 'the same key for both';
    const hash = createHash('sha256').update(key).digest('hex').toUpperCase();
    for (const again of [`key: ${key}`, `sha256: ${hash}`]) {
      expect(keys(`key: ${key}`, again)).toEqual([
        `auth.apiKeys[1].${again.slice(0, again.indexOf(':'))}: expected each key once, got the one of auth.apiKeys[0] again`,
      ]);
    }
  });

  it('say how many provider calls a minute they may cause', () => {
    const callsOf = (calls: string) =>
      load(`${oneAccount}\nauth: { apiKeys: [{ name: k, role: bi, key: a1b2c3d4e5f6g7h8i9j0${calls} }] }`)
        .auth?.apiKeys[0]?.calls;
    expect(['', ', calls: 60/m', ', calls: none', ', calls: 0/m'].map(callsOf)).toEqual([
      undefined,
      60,
      null,
      0,
    ]);
    for (const calls of ['60', '60/s', '-1/m', 'many']) {
      expect(keys(`key: a1b2c3d4e5f6g7h8i9j0, calls: ${calls}`).join()).toMatch(
        /^auth\.apiKeys\[0\]\.calls: expected calls a minute such as "60\/m", or none, got /,
      );
    }
  });
});
