import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { loadConfig } from '../../src/config/load.ts';
import { UsageError } from '../../src/errors.ts';
import { defaults, faultsOf, folderWith, load, oneAccount, providers } from './files.ts';

describe('finding the file', () => {
  it('takes the named file, else COUNTROOM_CONFIG, else countroom.yaml', () => {
    const named = (id: string) => oneAccount.replace('vp-main', id);
    const cwd = folderWith({ 'a.yaml': named('a'), 'b.yaml': named('b'), 'countroom.yaml': named('c') });
    const env = { COUNTROOM_CONFIG: 'b.yaml' };
    expect(loadConfig({ file: 'a.yaml', env, cwd, providers }).accounts[0]?.id).toBe('a');
    expect(loadConfig({ env, cwd, providers }).accounts[0]?.id).toBe('b');
    expect(loadConfig({ env: {}, cwd, providers }).accounts[0]?.id).toBe('c');
  });

  it('names the file that is not there', () => {
    const cwd = folderWith({});
    expect(() => loadConfig({ env: {}, cwd, providers })).toThrow(UsageError);
    expect(() => loadConfig({ env: {}, cwd, providers })).toThrow(/no configuration at .*countroom\.yaml/);
  });

  it('reads JSON as well', () => {
    const account = { id: 'j', provider: 'vertexplay', baseUrl: 'https://x.example.com' };
    const credentials = { agentId: 'a', apiKey: '00112233' };
    expect(load(JSON.stringify({ accounts: [{ ...account, credentials }] })).accounts[0]?.id).toBe('j');
  });

  it('says on which line the YAML breaks, and quotes nothing of it', () => {
    const faults = faultsOf(`${oneAccount}\nserver: { port: 1, port: sesame-open }`);
    expect(faults.join()).toMatch(/line 8, column \d+: not valid YAML \(duplicate key\)/);
    expect(faults.join()).not.toContain('sesame');
    expect(faultsOf('accounts: *sesame').join()).not.toContain('sesame');
  });
});

describe('a configuration that is taken', () => {
  it('fills in every default', () => {
    const config = load(oneAccount);
    expect(config.server).toMatchObject({ host: '127.0.0.1', port: 4000, maxRange: 40 * 86_400_000 });
    expect(config.sync).toEqual({
      enabled: true,
      since: null,
      revisits: [600_000, 3_600_000, 86_400_000],
      audit: 0.01,
    });
    expect(config.players).toEqual({ unmapped: 'same', rules: [], rows: [] });
    expect(config.auth).toBeNull();
    expect(config.federation).toEqual({ exposeNode: true, exposeAdmin: true });
    expect(config.accounts).toEqual([
      {
        id: 'vp-main',
        provider: 'vertexplay',
        baseUrl: 'https://vp.example.com',
        currency: null,
        credentials: { agentId: 'agent', apiKey: '00112233' },
        options: { timeAxis: 'txTime' },
        limits: { BET: defaults },
      },
    ]);
  });

  it('starts relative paths at the file, not where the command runs', () => {
    const yaml = `
archive: { url: "duckdb:./data/x.duckdb" }
accounts:
  - { id: h, provider: hotroad, baseUrl: "https://h.example.com", currency: CNY, credentials: { password: pw, keyFile: k.pem } }
`;
    const config = load(yaml);
    const folder = config.file.replace(/\/[^/]+$/, '');
    expect(config.archive.url).toBe(`duckdb:${join(folder, 'data/x.duckdb')}`);
    expect(config.accounts[0]?.credentials).toEqual({ password: 'pw', keyFile: join(folder, 'k.pem') });
    expect(load(`${oneAccount}\narchive: { url: "duckdb::memory:" }`).archive.url).toBe('duckdb::memory:');
  });

  it('bounds what DuckDB takes, and refuses what it could not work in', () => {
    expect(load(oneAccount).archive.memoryMb).toBe(512);
    expect(load(`${oneAccount}\narchive: { memoryMb: 2048 }`).archive.memoryMb).toBe(2048);
    expect(load(oneAccount).archive.keepVersions).toBeNull();
    expect(load(`${oneAccount}\narchive: { keepVersions: 400d }`).archive.keepVersions).toBe(
      400 * 86_400_000,
    );
    expect(load(`${oneAccount}\narchive: { keepVersions: forever }`).archive.keepVersions).toBeNull();
    expect(faultsOf(`${oneAccount}\narchive: { keepVersions: 3h }`)).toEqual([
      'archive.keepVersions: expected a duration of at least 1d, got "3h"',
    ]);
    expect(faultsOf(`${oneAccount}\narchive: { memoryMb: 64 }`)).toEqual([
      'archive.memoryMb: expected 128 or more (MB), got 64',
    ]);
  });

  it('reads sync, auth and federation', () => {
    const config = load(`${oneAccount}
server: { host: 0.0.0.0 }
sync: { since: "2026-11-01T00:00:00Z", revisits: [1h, 10m], audit: 0.5% }
federation: { exposeNode: false }
auth:
  apiKeys:
    - { name: powerbi, key: open-sesame-to-these-tests, role: bi, accounts: [vp-main], expires: 2027-01-01 }
    - { name: ops, sha256: ${'AB'.repeat(32)}, role: admin }
  jwt: { jwksUri: "https://id.example.com/keys", issuer: me, audience: countroom }
`);
    expect(config.sync).toEqual({
      enabled: true,
      since: Date.UTC(2026, 10, 1),
      revisits: [600_000, 3_600_000],
      audit: 0.005,
    });
    expect(config.federation.exposeNode).toBe(false);
    expect(config.auth?.apiKeys).toEqual([
      {
        name: 'powerbi',
        sha256: createHash('sha256').update('open-sesame-to-these-tests').digest('hex'),
        role: 'bi',
        accounts: ['vp-main'],
        expires: Date.UTC(2027, 0, 1),
        documents: 'any',
      },
      { name: 'ops', sha256: 'ab'.repeat(32), role: 'admin', documents: 'any' },
    ]);
    expect(config.auth?.jwt).toEqual({
      jwksUri: 'https://id.example.com/keys',
      issuer: 'me',
      audience: 'countroom',
      roleClaim: 'role',
      playerClaim: 'player',
      accountsClaim: 'accounts',
      clockTolerance: 5_000,
    });
  });
});

describe('a configuration that is refused', () => {
  it('names every fault at once, each with its path', () => {
    const faults = faultsOf(`
server: { prot: 1, host: 0.0.0.0, maxRange: forty days }
acounts: []
accounts:
  - { id: "a b", provider: vertexplay, baseUrl: "http://vp.example.com", credentials: { agentId: 7 }, options: { timeAxis: txtime } }
  - { id: h, provider: hotroad, baseUrl: nonsense, credentials: { password: "\${MISSING}" }, limits: { BETS: {} } }
  - { id: h, provider: vertexplai, baseUrl: "https://h.example.com" }
players: { rules: [ { account: hh, match: "(", player: x } ] }
`);
    const expected = [
      'accounts[1].credentials.password: the environment variable MISSING is not set',
      'acounts: unknown key; did you mean "accounts"?',
      'server.prot: unknown key; did you mean "port"?',
      'server.maxRange: expected a duration such as "500ms", "3s", "10m", "1h" or "40d", got "forty days"',
      'accounts[0].id: expected 1 to 64 of A-Z a-z 0-9 . _ -, got "a b"',
      'accounts[0].baseUrl: expected https (plain http only to this machine, or with allowHttp: true), got "http://vp.example.com"',
      'accounts[0].credentials.agentId: expected text, got a number; put it in quotes',
      'accounts[0].credentials.apiKey: expected text, got nothing',
      'accounts[0].options.timeAxis: expected one of txTime, betTime, got "txtime"; did you mean "txTime"?',
      'accounts[1].baseUrl: expected a URL such as https://api.example.com, got "nonsense"',
      'accounts[1].currency: expected a currency code such as THB, got nothing',
      'accounts[1].limits.BETS: unknown key; did you mean "BET"?',
      'accounts[2].id: expected a name that accounts[1] does not have, got "h"',
      'accounts[2].credentials: expected a mapping, got nothing',
      'accounts[2].provider: unknown provider "vertexplai"; did you mean "vertexplay"?',
      'players.rules[0].account: unknown account "hh"; did you mean "h"?',
      'players.rules[0].match: expected a regular expression without look-around and back-references, got "("',
      'server.host: expected a loopback host such as 127.0.0.1 where auth is not configured, got "0.0.0.0"',
    ];
    expect([...faults].sort()).toEqual([...expected].sort());
  });

  it('names what hides behind another fault of the same account or key', () => {
    const faults = faultsOf(`
accounts:
  - { id: a, provider: vertexplai, baseUrl: "https://a.example.com", credntials: {}, limits: { BET: { maxWindw: 10m } } }
  - { id: b, provider: vertexplay, baseUrl: "https://b.example.com", limits: { BET: { openMaxAge: 2 parsecs, maxWindow: 5m, grid: 10m } } }
auth:
  apiKeys:
    - { name: a, key: short, role: bi, accounts: [bb] }
    - { name: b, key: "0123456789012345678901234", role: bi }
    - { name: c, key: "0123456789012345678901234", role: admin }
    - { name: d, role: nobody }
`);
    expect(faults).toEqual(
      expect.arrayContaining([
        'accounts[0].credntials: unknown key; did you mean "credentials"?',
        'accounts[0].limits.BET.maxWindw: unknown key; did you mean "maxWindow"?',
        'accounts[0].provider: unknown provider "vertexplai"; did you mean "vertexplay"?',
        'accounts[1].credentials: expected a mapping, got nothing',
        expect.stringMatching(/^accounts\[1\]\.limits\.BET\.openMaxAge: expected a duration/),
        expect.stringMatching(/^auth\.apiKeys\[0\]\.key: expected at least 20 characters/),
        'auth.apiKeys[0].accounts[0]: unknown account "bb"; did you mean "b"?',
        'auth.apiKeys[2].key: expected each key once, got the one of auth.apiKeys[1] again',
        expect.stringMatching(/^auth\.apiKeys\[3\]: expected either key or sha256/),
        expect.stringMatching(/^auth\.apiKeys\[3\]\.role: expected one of/),
      ]),
    );
  });

  it('refuses a file without accounts', () => {
    expect(faultsOf('server: {}')).toEqual(['accounts: expected a list of accounts, got nothing']);
    expect(faultsOf('accounts: []')).toEqual(['accounts: expected at least one account, got a list']);
    expect(faultsOf('just text')).toEqual([
      'file: expected a mapping with the key accounts, got "just text"',
    ]);
  });

  it('refuses auth that lets nobody in, keys that are none, and accounts of keys that are not there', () => {
    expect(faultsOf(`${oneAccount}\nauth: {}`)).toEqual([
      'auth: expected apiKeys, jwt or both: nobody could come in, got a mapping',
    ]);
    expect(
      faultsOf(`${oneAccount}
auth:
  apiKeys:
    - { name: a, role: bi }
    - { name: a, key: a-key-of-twenty-chars, role: boss }
  jwt: { jwksUri: "http://id.example.com/keys", issuer: me }
`),
    ).toEqual([
      'auth.apiKeys[0]: expected either key or sha256, got a mapping',
      'auth.apiKeys[1].role: expected one of viewer, bi, support, admin, got "boss"',
      'auth.jwt.jwksUri: expected https (plain http only to loopback), got "http://id.example.com/keys"',
      'auth.jwt.audience: expected text, got nothing',
    ]);
    expect(
      faultsOf(
        `${oneAccount}\nauth: { apiKeys: [ { name: a, key: a-key-of-twenty-chars, role: bi, accounts: [vp-mian, vp-main] } ] }`,
      ),
    ).toEqual(['auth.apiKeys[0].accounts[0]: unknown account "vp-mian"; did you mean "vp-main"?']);
  });

  it('takes plain http to this machine, and elsewhere only where an account allows it', () => {
    const to = (url: string) => oneAccount.replace('https://vp.example.com/', url);
    for (const host of ['127.0.0.1:1', '[::1]:1', 'localhost']) {
      expect(load(to(`http://${host}`)).accounts[0]?.baseUrl).toBe(`http://${host}`);
    }
    expect(faultsOf(to('http://vp.example.com'))).toHaveLength(1);
    expect(faultsOf(to('http://localhost.example.com'))).toHaveLength(1);
    expect(faultsOf(to('https://user:pw@vp.example.com'))).toHaveLength(1);
    expect(load(`${to('http://vp.example.com')}    allowHttp: true\n`).accounts).toHaveLength(1);
  });
});

describe('secrets', () => {
  const canary = 'canary-9f3b7c';

  it('never stand in a fault, whatever is wrong round them', () => {
    const env = { CANARY: canary };
    const wrong = [
      `credentials: { agentId: a, apiKey: ${canary} }`,
      `credentials: { agentId: a, apiKey: "\${CANARY}" }`,
      `credentials: { agentId: a, apiKey: "00112233", extra: ${canary} }`,
      `credentials: ${canary}`,
      `credentials: [${canary}]`,
      `credentials: { agentId: a, apiKey: "00112233" }\n    currency: "\${CANARY}!"`,
      `credentials: { agentId: a, apiKey: "00112233" }\n    options: { timeAxis: "\${CANARY}" }`,
    ];
    for (const each of wrong) {
      const yaml = oneAccount.replace(/credentials: .*/, each);
      const faults = faultsOf(`${yaml}\narchive: { url: "mysql://u:${canary}@db" }`, { env }).join('\n');
      expect(faults).toMatch(/accounts\[0\]/);
      expect(faults).toMatch(/archive\.url: expected duckdb:FILE.*got text that is not shown/);
      expect(faults).not.toContain(canary);
    }
  });

  it('are cut out of a message that a provider wrote itself', () => {
    const telltale = providers.map((each) => ({
      ...each,
      credentials: each.credentials.refine(() => false, { error: `no key ${canary}` }),
    }));
    const account = { id: 'h', provider: 'hotroad', baseUrl: 'https://h.example.com', currency: 'CNY' };
    const file = { accounts: [{ ...account, credentials: { password: canary } }] };
    const cwd = folderWith({ 'countroom.yaml': JSON.stringify(file) });
    expect(() => loadConfig({ env: {}, cwd, providers: telltale })).toThrow(/no key \[secret\]/);
  });

  it('are not printed with the configuration', () => {
    const config = load(
      `${oneAccount.replace('agentId: agent', `agentId: ${canary}`)}
archive: { url: "postgres://count:${canary}@db:5432/c" }
auth: { apiKeys: [ { name: k, key: ${canary}-of-a-key, role: bi } ], pseudonymKey: "${canary}-long" }
`,
    );
    expect(config.secrets).toContain(canary);
    expect(config.auth?.pseudonymKey).toBe(`${canary}-long`);
    expect(config.archive.url).toContain(canary);
    expect(JSON.stringify(config)).not.toContain(canary);
    expect(inspect(config, { depth: 9 })).not.toContain(canary);
    expect(JSON.stringify(config)).toContain('postgres://count:[secret]@db:5432/c');
  });
});
