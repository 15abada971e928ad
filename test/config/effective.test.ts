import { expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import type { Config } from '../../src/config/config.ts';
import { spellConfig } from '../../src/config/effective.ts';
import { load, oneAccount } from './files.ts';

const key = 'a-key-of-more-than-twenty-characters';

const everything = `
server:
  port: 4711
  publicUrl: https://bi.example.com/countroom
  trustProxy: [10.0.0.0/8]
  cors: { origins: [https://app.example.com] }
  drainDelay: 1500ms
  trail: { keep: 7d }
log: { level: debug }
archive: { url: "postgres://me:hidden-word@db.example.com/bets", memoryMb: 256 }
sync: { since: 2026-10-01, revisits: [1h, 10m], audit: 0.25% }
accounts:
  - id: vp-main
    provider: vertexplay
    baseUrl: https://vp.example.com
    credentials: { agentId: agent, apiKey: "00112233" }
    options: { timeAxis: betTime }
    limits: { BET: { maxWindow: 1h, minInterval: 250ms, quota: { calls: 500, per: 1m }, rowCap: none, retention: none } }
  - id: hrg-main
    provider: hotroad
    baseUrl: https://hrg.example.com
    currency: CNY
    credentials: { password: hidden-word }
players:
  unmapped: separate
  rules: [{ account: hrg-main, match: "^hrg(.+)$", player: "$1" }, { match: "x", player: "y" }]
  file: players.csv
auth:
  apiKeys:
    - { name: powerbi, key: ${key}, role: bi, accounts: [vp-main], expires: 2027-01-01, calls: 60/m }
    - { name: night, key: ${key}2, role: admin }
  jwt: { jwksUri: "https://id.example.com/keys", issuer: me, audience: countroom, clockTolerance: 10s }
  pseudonymKey: hidden-word-of-sixteen
federation: { exposeNode: false }
`;
const files = { 'players.csv': 'account,username,player\nvp-main,a,ann\n' };

/** What a configuration is, secrets and all, but for what is only said otherwise. */
function plain(config: Config) {
  const { auth, accounts, players, archive } = config;
  return {
    ...config,
    file: null,
    secrets: null,
    archive: { ...archive },
    auth: auth === null ? null : { ...auth, apiKeys: auth.apiKeys.map(({ calls: _, ...rest }) => rest) },
    accounts: accounts.map(({ credentials, limits, ...account }) => ({
      ...account,
      credentials: { ...(credentials as object) },
      limits: Object.entries(limits).map(([kind, { suspectsRound: _, ...limit }]) => [kind, limit]),
    })),
    players: {
      ...players,
      rules: players.rules.map(({ match, ...rule }) => ({ ...rule, match: match.source })),
    },
  };
}

/** The printed configuration with its secrets put back where the original has them. */
function withSecrets(printed: string, original: Config): string {
  const tree = parse(printed);
  tree.archive.url = original.archive.url;
  for (const [index, account] of tree.accounts.entries()) {
    account.credentials = { ...(original.accounts[index]?.credentials as object) };
  }
  for (const [index, each] of (tree.auth?.apiKeys ?? []).entries()) {
    each.sha256 = original.auth?.apiKeys[index]?.sha256;
  }
  if (tree.auth?.pseudonymKey !== undefined) tree.auth.pseudonymKey = original.auth?.pseudonymKey;
  return stringify(tree);
}

it.each([
  ['with nothing but an account', oneAccount, {}],
  ['with everything', everything, files],
])('spells a configuration %s so that it reads as the same', (_, yaml, beside) => {
  const config = load(yaml, { files: beside });
  const printed = stringify(spellConfig(config));
  expect(plain(load(withSecrets(printed, config)))).toEqual(plain(config));
});

it('shows no secret, and every default', () => {
  const config = load(everything, { files });
  const printed = stringify(spellConfig(config));
  for (const secret of ['hidden-word', '00112233', key, config.auth!.apiKeys[0]!.sha256!]) {
    expect(printed).not.toContain(secret);
  }
  expect(spellConfig(config)).toMatchObject({
    server: { queryTimeout: '2m', drainDelay: '1500ms', trail: { keep: '7d' } },
    archive: { url: 'postgres://me:[secret]@db.example.com/bets' },
    sync: { since: '2026-10-01T00:00:00.000Z', revisits: ['10m', '1h'], audit: '0.25%' },
    accounts: [
      { credentials: { agentId: '[secret]', apiKey: '[secret]' }, limits: { BET: { settlementLag: '2m' } } },
      { currency: 'CNY' },
    ],
    auth: { apiKeys: [{ calls: '60/m', expires: '2027-01-01T00:00:00.000Z' }, { calls: 'none' }] },
  });
});
