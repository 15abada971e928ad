import {
  type GraphQLObjectType,
  type GraphQLOutputType,
  getNamedType,
  isCompositeType,
  isObjectType,
} from 'graphql';
import { Registry } from 'prom-client';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { KeptArchive } from '../../src/archive/admin.ts';
import { createDuckDbArchive } from '../../src/archive/duckdb/index.ts';
import { authSettings, serverSettings } from '../../src/config/server-settings.ts';
import { encodeId } from '../../src/graph/rows/ids.ts';
import { type Access, type Role, roles, toViewer } from '../../src/server/auth/permissions.ts';
import { createPlayers } from '../../src/server/auth/pseudonyms.ts';
import { exportRoutes } from '../../src/server/export/routes.ts';
import { createLogger } from '../../src/server/logger.ts';
import { odataRoutes } from '../../src/server/odata/routes.ts';
import { createServer, type Server } from '../../src/server/server.ts';
import {
  createBet,
  createCommit,
  createContext,
  createFailure,
  createTransfer,
  HOUR,
  iso,
  NOON,
  schema,
} from '../graph/harness.ts';
import { ask, bearer, post } from './harness.ts';

/**
 * Every field of the graph, by type, with what was decided about it: `@` names a player, `~` carries a name and is
 * sealed, `!` is the provider's record, `#` is for admins alone, no mark shows nothing of either. A field that is not here fails the test.
 */
const decided: Readonly<Record<string, string>> = {
  Query:
    'providers accounts account changes bets bet betByProviderId coverage node nodes seqNoFailures transfers transferStatus transferStatuses player players ' +
    'betTotals transferTotals seqNoTotals quarantined# archiveInfo# _entities _service',
  Mutation: 'acceptQuarantined# reread# pauseAccount# resumeAccount# probeFeed#',
  FeedProbe: 'problem# remedy#',
  ArchiveInfo: 'engine# version# layout# sizeMb# freeMb#',
  QuarantinedRow: 'id# account kind# span reason# raw# firstSeenAt# lastSeenAt# timesSeen#',
  _Service: 'sdl',
  Provider: 'name title kinds',
  Account: 'id provider currency feeds',
  Feed: 'id account kind limits clockOffset paused pace health lateness coverage',
  Lateness: 'since rows late proposedLag steps',
  LatenessStep: 'within rows',
  FeedPace: 'calls refused allowedPerMinute',
  ClockOffset: 'leastMs mostMs',
  FeedLimits:
    'maxWindow grid minInterval quota retention rowCap settlementLag openMaxAge confirmAfter settlesWithin timeout maxAttempts',
  CallQuota: 'calls per',
  FeedHealth: 'state lastSuccessAt lastFailureAt message retryAt queued reading',
  Coverage: 'complete final windowsAsked windowsHeld quarantined contradicted openFrom gaps',
  Gap: 'accountId kind from to reason retryAt message',
  FeedCoverage: 'account kind coverage held finalUntil rows underWay troubles',
  Span: 'from to',
  Player: 'id@ username@ accounts bets transfers seqNoFailures totals',
  PlayerAccount: 'account providerUsername@',
  PlayerConnection: 'edges nodes pageInfo totalCount',
  PlayerEdge: 'node cursor@',
  BetConnection: 'edges nodes pageInfo totalCount coverage',
  BetEdge: 'node cursor',
  TransferConnection: 'edges nodes pageInfo totalCount coverage',
  TransferEdge: 'node cursor',
  SeqNoFailureConnection: 'edges nodes pageInfo totalCount coverage',
  SeqNoFailureEdge: 'node cursor~',
  // A cursor's seal is in the edges' fields; pages of other kinds carry no name.
  PageInfo: 'hasNextPage hasPreviousPage startCursor endCursor',
  BetTotals: 'rows coverage',
  BetTotalsRow:
    'period provider account currency gameCode gameType betType player@ status outcome betCount playerCount roundCount ' +
    'stake validStake payout netWin refund jackpotWin jackpotContribution rebate grossGamingRevenue returnToPlayer hold',
  TransferTotals: 'rows coverage',
  TransferTotalsRow:
    'period provider account currency player@ direction transferCount playerCount amount deposits withdrawals freeCredit',
  SeqNoTotals: 'rows coverage',
  SeqNoTotalsRow: 'period provider account player@ event statusCode succeeded count failedCount playerCount',
  Period: 'start end label',
  Bet:
    'id account providerBetId player providerUsername@ gameCode gameType betType brand tableId roundId roundStartedAt ' +
    'result odds orderId transferId sourceId currency stake validStake payout netWin refund jackpotWin ' +
    'jackpotContribution rebate credits status providerStatus outcome placedAt settledAt updatedAt archivedAt firstArchivedAt withdrawnAt versions raw!',
  BetCredits: 'realStake freeStake promotionStake realNetWin freeNetWin promotionNetWin',
  Transfer:
    'id account transactionCode player providerUsername@ direction currency amount freeCredit balanceBefore ' +
    'balanceAfter freeCreditBefore freeCreditAfter realCreditBefore createdAt archivedAt firstArchivedAt withdrawnAt versions raw!',
  SeqNoFailure:
    'id~ account seqNo~ player providerUsername@ event statusCode statusMeaning succeeded requestedAt respondedAt ' +
    'archivedAt firstArchivedAt withdrawnAt versions raw!',
  ChangeConnection: 'edges nodes pageInfo',
  ChangeEdge: 'node cursor',
  Change: 'type cause kind at account recordId before after',
  TransferVerdict: 'state transfer searched provenAt retryAt reason evidence',
  VerdictEvidence: 'operation askedAt providerTime from to rows',
};

/** Every route, and who may use it. */
const decidedRoutes: Readonly<Record<string, readonly Role[] | 'public'>> = {
  'GET /livez': 'public',
  'GET /readyz': 'public',
  'GET /': roles,
  'GET /console/console.css': roles,
  'GET /console/console.js': roles,
  'GET /explorer': roles,
  'GET /explorer/*': roles,
  'GET /graphql': roles,
  'POST /graphql': roles,
  'GET /metrics': ['viewer', 'support', 'admin'],
  ...Object.fromEntries(
    ['bets', 'transfers', 'failures', 'totals'].flatMap((name) =>
      ['csv', 'ndjson', 'parquet', 'xlsx'].map((format) => [
        `GET /export/${name}.${format}`,
        ['bi', 'support', 'admin'],
      ]),
    ),
  ),
  'GET /export/changes.ndjson': ['bi', 'support', 'admin'],
  'GET /export/manifest.json': ['bi', 'support', 'admin'],
  'GET /countroom.pbids': ['bi', 'support', 'admin'],
  ...Object.fromEntries(
    ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'].flatMap((method) => [
      [`${method} /odata/v4`, ['bi', 'support', 'admin']],
      [`${method} /odata/v4/*`, ['bi', 'support', 'admin']],
    ]),
  ),
};

const ann = 'annabelcanary';
const bob = 'boriscanary';
const readsNames: readonly Role[] = ['support', 'admin', 'player'];
const readsRaw: readonly Role[] = ['support', 'admin'];
const at = NOON - HOUR;
const range = { from: iso(NOON - 2 * HOUR), to: iso(NOON) };

let archive: KeptArchive;
let server: Server;
let url: string;
const routes: { readonly method: string; readonly url: string; readonly access: Access | undefined }[] = [];

const keyOf = (role: string) => `the key of the role ${role}`.replaceAll(' ', '-');
const grantOf = (role: Role) =>
  toViewer({ name: role, role, accounts: null, player: role === 'player' ? ann : null });

beforeAll(async () => {
  archive = await createDuckDbArchive({ path: ':memory:', playerOf: (_account, username) => username });
  for (const [index, providerUsername] of [ann, bob].entries()) {
    const raw = `{"user":"${providerUsername}"}`;
    const parts = { providerUsername, raw };
    const credits = { realStake: null, freeStake: null };
    await archive.commit(
      createCommit('vp-main', 'BET', [createBet(`vp${index}`, at, { ...parts, ...credits })]),
    );
    await archive.commit(createCommit('one-main', 'BET', [createBet(`one${index}`, at, parts)]));
    await archive.commit(createCommit('hrg-main', 'TRANSFER', [createTransfer(`tx${index}`, at, parts)]));
    const seqNo = `9490|bet|16868|${providerUsername}`;
    await archive.commit(createCommit('ebet-main', 'SEQ_NO_FAILURE', [createFailure(seqNo, at, parts)]));
  }
  for (const account of ['vp-main', 'one-main']) {
    const quarantined = [{ reason: 'winAmt: expected an amount', raw: `{"user":"${ann}"}` }];
    await archive.commit(
      createCommit(account, 'BET', [], { quarantined, readAt: account === 'vp-main' ? NOON : NOON + 1 }),
    );
  }
  const playersOf = createPlayers({
    playerOf: (_account, username) => username,
    archive,
    secret: 'a secret of this gateway',
    clock: () => NOON,
  });
  const apiRoles = ['viewer', 'bi', 'support', 'admin'] as const;
  server = await createServer({
    settings: {
      ...serverSettings.parse({
        bodyLimit: 10_000_000,
        limits: {
          depth: 50,
          aliases: 5000,
          tokens: 1_000_000,
          cost: 1_000_000_000,
          costPerMinute: 1_000_000_000,
        },
      }),
      host: '127.0.0.1',
      port: 0,
    },
    auth: authSettings.parse({
      apiKeys: [
        ...apiRoles.map((role) => ({ name: role, key: keyOf(role), role })),
        { name: 'player', key: keyOf('player'), role: 'viewer' },
        { name: 'vp only', key: keyOf('vp-only'), role: 'admin', accounts: ['vp-main'] },
      ],
    }),
    schema,
    // Only a token makes a player; here the key of that name stands for one.
    makeContext: (viewer) => {
      const grant = viewer.name === 'player' ? grantOf('player') : viewer;
      return createContext({ archive, viewer: grant, players: playersOf(grant) });
    },
    isReady: () => true,
    logger: createLogger({ level: 'silent' }),
    registry: new Registry(),
    clock: () => NOON,
    routes: [exportRoutes, odataRoutes],
  });
  server.app.addHook('onRoute', ({ method, url: path, config }) => {
    const access = typeof config?.access === 'function' ? config.access('main.js') : config?.access;
    for (const each of [method].flat()) routes.push({ method: each, url: path, access });
  });
  ({ url } = await server.listen());
});
afterAll(async () => {
  await server.close();
  await archive.close();
});

/** Text that shows a name, also behind base64url. */
function shows(value: unknown, name: string): boolean {
  if (typeof value !== 'string') return false;
  return value.includes(name) || Buffer.from(value, 'base64url').toString('latin1').includes(name);
}

const argumentsOf: Readonly<Record<string, string>> = {
  'Query.bets': 'filter: $filter, maxWait: "0s"',
  'Query.transfers': 'filter: $transfers, maxWait: "0s"',
  'Query.seqNoFailures': 'filter: $failures, maxWait: "0s"',
  'Query.account': 'id: "vp-main"',
  'Query.bet': 'id: $bet',
  'Query.betByProviderId': 'account: "vp-main", providerBetId: "vp1"',
  'Query.coverage': 'range: $range',
  'Query.node': 'id: $failure',
  'Query.nodes': 'ids: $ids',
  'Query.transferStatuses': `account: "hrg-main", asks: [{ transactionCode: "tx1", sentAt: "${iso(at)}" }], maxWait: "0s"`,
  'Query.transferStatus': `account: "hrg-main", transactionCode: "tx1", sentAt: "${iso(at)}", maxWait: "0s"`,
  'Query.player': 'username: $player',
  'Query.betTotals': 'filter: $filter, groupBy: [PLAYER, ACCOUNT, CURRENCY], maxWait: "0s"',
  'Query.transferTotals': 'filter: $transfers, groupBy: [PLAYER, ACCOUNT, CURRENCY], maxWait: "0s"',
  'Query.seqNoTotals': 'filter: $failures, groupBy: [PLAYER, ACCOUNT, EVENT], maxWait: "0s"',
  'Query._entities': 'representations: $representations',
  'Feed.coverage': 'range: $range',
  'Player.bets': 'range: $range, maxWait: "0s"',
  'Player.transfers': 'range: $range, maxWait: "0s"',
  'Player.seqNoFailures': 'range: $range, maxWait: "0s"',
  'Player.totals': 'range: $range, groupBy: [PLAYER, CURRENCY], maxWait: "0s"',
};

/** Every field there is, each type once on a way; in fragments under an alias, lest two types quarrel over a name. */
function selectAll(role: string, type: GraphQLObjectType, way: readonly string[] = [], alias = ''): string {
  const inner = [...way, type.name];
  const fields = Object.values(type.getFields()).flatMap((field) => {
    const named = getNamedType(field.type);
    if (marks.get(`${type.name}.${field.name}`) === '#' && role !== 'admin') return [];
    const given = argumentsOf[`${type.name}.${field.name}`];
    const call = `${alias && `${alias}${field.name}: `}${field.name}${given === undefined ? '' : `(${given})`}`;
    if (!isCompositeType(named)) return [call];
    if (way.includes(named.name) || way.length > 5) return [];
    if (isObjectType(named)) return [`${call} { __typename ${selectAll(role, named, inner)} }`];
    const fragments = schema
      .getPossibleTypes(named)
      .map((each) => `... on ${each.name} { ${selectAll(role, each, inner, `${each.name}_`)} }`);
    return [`${call} { __typename ${fragments.join(' ')} }`];
  });
  return fields.join(' ');
}

interface Leaf {
  readonly coordinate: string;
  readonly value: unknown;
}

function leavesOf(type: GraphQLOutputType, value: unknown, coordinate: string): Leaf[] {
  if (Array.isArray(value)) return value.flatMap((each) => leavesOf(type, each, coordinate));
  const named = getNamedType(type);
  if (!isCompositeType(named) || value === null) return [{ coordinate, value }];
  const object = value as Readonly<Record<string, unknown>>;
  const concrete = isObjectType(named) ? named : schema.getType(String(object['__typename']));
  if (!isObjectType(concrete)) throw new TypeError(`${coordinate}: expected an object`);
  return Object.entries(object).flatMap(([name, inner]) => {
    const field = concrete.getFields()[name.replace(`${concrete.name}_`, '')];
    return field === undefined ? [] : leavesOf(field.type, inner, `${concrete.name}.${field.name}`);
  });
}

async function query(role: string, source: string, variables: Readonly<Record<string, unknown>> = {}) {
  const answer = await post({ url }, { query: source, variables }, bearer(keyOf(role)));
  expect(answer.json.errors).toBeUndefined();
  return answer.json.data;
}

/** The whole graph as a role sees it, asked by the ids and names that role was given. */
async function readAll(role: string): Promise<Leaf[]> {
  const first = await query(
    role,
    `query ($f: BetFilter!, $t: TransferFilter!, $s: SeqNoFailureFilter!) {
      bets(filter: $f, maxWait: "0s") { nodes { id player { username } } }
      transfers(filter: $t, maxWait: "0s") { nodes { id } }
      seqNoFailures(filter: $s, maxWait: "0s") { nodes { id seqNo } }
    }`,
    { f: { range }, t: { range }, s: { range } },
  );
  const ids = ['bets', 'transfers', 'seqNoFailures'].flatMap((list) =>
    first[list].nodes.map((row: { id: string }) => row.id),
  );
  const types = { bets: 'Bet', transfers: 'Transfer', seqNoFailures: 'SeqNoFailure' };
  const player = first.bets.nodes[0].player.username;
  const representations = [
    ...Object.entries(types).flatMap(([list, __typename]) =>
      first[list].nodes.map(({ id }: { id: string }) => ({ __typename, id })),
    ),
    { __typename: 'Player', username: player },
    { __typename: 'Account', id: 'vp-main' },
  ];
  const root = schema.getQueryType();
  if (!root) throw new TypeError('expected a query type');
  const source = `query All($filter: BetFilter!, $transfers: TransferFilter!, $failures: SeqNoFailureFilter!, $range: TimeRange!,
    $bet: ID!, $failure: ID!, $ids: [ID!]!, $player: String!, $representations: [_Any!]!) { ${selectAll(role, root)} }`;
  const data = await query(role, source, {
    filter: { range },
    transfers: { range },
    failures: { range },
    range,
    bet: ids[0],
    failure: first.seqNoFailures.nodes[0]?.id ?? ids[0],
    ids,
    player,
    representations,
  });
  return leavesOf(root, data, 'Query');
}

const marks = new Map<string, string>(
  Object.entries(decided).flatMap(([type, fields]) =>
    fields
      .split(' ')
      .map((field) => [`${type}.${field.replace(/[@~!#]$/, '')}`, /[@~!#]$/.exec(field)?.[0] ?? ''] as const),
  ),
);

describe('permission matrix', () => {
  test('answers a player who asks for somebody else as if nobody was there', async () => {
    // Everything by which one person can be asked for, of a person whose rows end in `mark`.
    const personal = (name: string, mark: string): Readonly<Record<string, string>> => ({
      node: `id: "${encodeId('Transfer', 'hrg-main', `tx${mark}`)}"`,
      nodes: `ids: ["${encodeId('Bet', 'vp-main', `vp${mark}`)}", "${encodeId('Player', '', name)}"]`,
      bet: `id: "${encodeId('Bet', 'one-main', `one${mark}`)}"`,
      betByProviderId: `account: "vp-main", providerBetId: "vp${mark}"`,
      player: `username: "${name}"`,
      players: `search: "${name}"`,
      transferStatuses: `account: "hrg-main", asks: [{ transactionCode: "tx${mark}", sentAt: "${iso(at)}" }], maxWait: "0s"`,
      transferStatus: `account: "hrg-main", transactionCode: "tx${mark}", sentAt: "${iso(at)}", maxWait: "0s"`,
      _entities: `representations: [{ __typename: "Player", username: "${name}" },
        { __typename: "Player", id: "${encodeId('Player', '', name)}" },
        { __typename: "Bet", id: "${encodeId('Bet', 'vp-main', `vp${mark}`)}" },
        { __typename: "Transfer", id: "${encodeId('Transfer', 'hrg-main', `tx${mark}`)}" },
        { __typename: "SeqNoFailure", id: "${encodeId('SeqNoFailure', 'ebet-main', `9490|bet|16868|${name}`)}" }]`,
    });
    const isPersonal = /^(id|ids|username|search|providerBetId|transactionCode|asks|representations)$/;
    const taking = Object.values(schema.getQueryType()?.getFields() ?? {})
      .filter(({ name, args }) => name !== 'account' && args.some((arg) => isPersonal.test(arg.name)))
      .map(({ name }) => name);
    expect(Object.keys(personal(bob, '1')).sort()).toEqual(taking.sort());
    const answerTo = async (name: string, mark: string) => {
      const answers = Object.entries(personal(name, mark)).map(async ([field, args]) => {
        const type = getNamedType(schema.getQueryType()?.getFields()[field]?.type);
        if (!isCompositeType(type)) throw new TypeError(`${field}: expected a type with fields`);
        const inner = isObjectType(type)
          ? selectAll('player', type, ['Query'])
          : schema
              .getPossibleTypes(type)
              .map(
                (each) => `... on ${each.name} { ${selectAll('player', each, ['Query'], `${each.name}_`)} }`,
              )
              .join(' ');
        const source = `query ($range: TimeRange!) { ${field}(${args}) { __typename ${inner} } }`;
        return [field, await query('player', source, { range })];
      });
      return Object.fromEntries(await Promise.all(answers));
    };
    expect(await answerTo(bob, '1')).toEqual(await answerTo('nobodycanary', '9'));
  });

  test('decides about every field of the graph, and about none that is not there', () => {
    const there = Object.values(schema.getTypeMap())
      .filter((type) => isObjectType(type) && !type.name.startsWith('__'))
      .flatMap((type) =>
        Object.keys((type as GraphQLObjectType).getFields()).map((field) => `${type.name}.${field}`),
      );
    expect(there.filter((coordinate) => !marks.has(coordinate))).toEqual([]);
    expect([...marks.keys()].filter((coordinate) => !there.includes(coordinate))).toEqual([]);
  });

  test.each(roles)('shows %s of every field what was decided', async (role) => {
    const leaves = await readAll(role);
    const wrong = leaves.filter(({ coordinate, value }) => {
      const mark = marks.get(coordinate);
      const named = shows(value, ann) || shows(value, bob);
      if (!readsNames.includes(role) && named) return true;
      if (role === 'player' && shows(value, bob)) return true;
      if (mark === '#') return role !== 'admin';
      if (mark === '!') return readsRaw.includes(role) ? value === null : value !== null;
      if ((mark === '@' || mark === '~') && value !== null) return readsNames.includes(role) !== named;
      // Of all kinds alike: only those of failures carry a name.
      return named && !/(Cursor|^Change.recordId|^ChangeEdge.cursor)$/.test(coordinate);
    });
    expect(wrong).toEqual([]);
    const seen = new Set(leaves.map(({ coordinate }) => coordinate));
    for (const [coordinate, mark] of marks) {
      const isAsked =
        mark === '#' ? role === 'admin' && coordinate.startsWith('QuarantinedRow.') : mark !== '';
      if (isAsked) expect(seen).toContain(coordinate);
    }
  });

  test.each(roles.filter((role) => role !== 'admin'))('refuses %s what is for admins', async (role) => {
    for (const source of [
      '{ quarantined { id reason raw } }',
      'mutation { acceptQuarantined(ids: ["x"]) }',
      '{ archiveInfo { engine } }',
      'mutation { probeFeed(account: "vp-main", kind: BET) { problem } }',
      'mutation { pauseAccount(id: "vp-main") { id } }',
      'mutation { resumeAccount(id: "vp-main") { id } }',
      `mutation { reread(account: "vp-main", kind: BET, range: { from: "${range.from}", to: "${range.to}" }) { rows } }`,
    ]) {
      const { json, text } = await post({ url }, source, bearer(keyOf(role)));
      expect(json.errors[0].extensions.code).toBe('FORBIDDEN');
      expect(text).not.toMatch(new RegExp(`${ann}|${bob}`));
    }
  });

  test('lets an admin see and accept what is in quarantine at the accounts of the key', async () => {
    const source = '{ quarantined { id account { id } raw } }';
    const [vp, one] = (await query('admin', source)).quarantined;
    expect([vp.account.id, one.account.id]).toEqual(['vp-main', 'one-main']);
    expect((await query('vp-only', source)).quarantined).toEqual([vp]);
    const accept = 'mutation ($ids: [ID!]!) { acceptQuarantined(ids: $ids) }';
    const ids = [vp.id, one.id];
    expect(await query('vp-only', accept, { ids })).toEqual({ acceptQuarantined: 1 });
    expect(await query('admin', accept, { ids })).toEqual({ acceptQuarantined: 1 });
    expect(await query('admin', source)).toEqual({ quarantined: [] });
  });

  test('shows a key bound to one account nothing of any other', async () => {
    const source = `query ($filter: BetFilter!, $t: TransferFilter!, $f: SeqNoFailureFilter!, $range: TimeRange!) {
      accounts { id feeds { kind coverage(range: $range) { gaps { accountId } } } }
      coverage(range: $range) { account { id } }
      bets(filter: $filter, maxWait: "0s") { totalCount nodes { account { id } providerBetId } }
      transfers(filter: $t, maxWait: "0s") { totalCount }
      seqNoFailures(filter: $f, maxWait: "0s") { totalCount }
      betTotals(filter: $filter, groupBy: [ACCOUNT], maxWait: "0s") { rows { account betCount } }
      transferTotals(filter: $t, groupBy: [ACCOUNT], maxWait: "0s") { rows { account transferCount } }
      seqNoTotals(filter: $f, groupBy: [ACCOUNT], maxWait: "0s") { rows { account count } }
      player(username: "${ann}") { accounts { account { id } } bets(range: $range) { nodes { account { id } } } }
    }`;
    const data = await query('vp-only', source, { filter: { range }, t: { range }, f: { range }, range });
    expect(JSON.stringify(data)).not.toMatch(/one-main|hrg-main|ebet-main|one[01]/);
    expect(data.bets.totalCount).toBe(2);
    expect([data.transfers.totalCount, data.seqNoFailures.totalCount]).toEqual([0, 0]);
  });

  test('answers ids of an account a key may not see as those of nothing', async () => {
    const { bets } = await query(
      'admin',
      'query ($f: BetFilter!) { bets(filter: $f, maxWait: "0s") { nodes { id } } }',
      {
        f: { range, accounts: ['one-main'] },
      },
    );
    const [{ id }] = bets.nodes;
    const data = await query(
      'vp-only',
      `query ($id: ID!, $r: [_Any!]!) { node(id: $id) { id } nodes(ids: [$id]) { id } bet(id: $id) { id }
        _entities(representations: $r) { __typename } }`,
      {
        id,
        r: [
          { __typename: 'Bet', id },
          { __typename: 'Account', id: 'one-main' },
        ],
      },
    );
    expect(data).toEqual({ node: null, nodes: [null], bet: null, _entities: [null, null] });
    const foreign = await post(
      { url },
      {
        query: 'query ($f: BetFilter!) { bets(filter: $f) { totalCount } }',
        variables: { f: { range, accounts: ['one-main'] } },
      },
      bearer(keyOf('vp-only')),
    );
    const missing = await post(
      { url },
      {
        query: 'query ($f: BetFilter!) { bets(filter: $f) { totalCount } }',
        variables: { f: { range, accounts: ['no-such'] } },
      },
      bearer(keyOf('vp-only')),
    );
    expect(foreign.json.errors[0].extensions.code).toBe('BAD_USER_INPUT');
    expect(foreign.text.replaceAll('one-main', 'x')).toBe(missing.text.replaceAll('no-such', 'x'));
  });

  test('decides about every route, and about none that is not there', () => {
    const there = [
      ...new Set(
        routes.filter(({ method }) => method !== 'HEAD').map(({ method, url: path }) => `${method} ${path}`),
      ),
    ];
    expect(there.filter((route) => decidedRoutes[route] === undefined)).toEqual([]);
    expect(Object.keys(decidedRoutes).filter((route) => !there.includes(route))).toEqual([]);
  });

  test.each(roles.filter((role) => role !== 'player'))(
    'lets %s use the routes that were decided',
    async (role) => {
      for (const [route, allowed] of Object.entries(decidedRoutes)) {
        const [method = 'GET', path = '/'] = route.split(' ');
        const target = `${url}${path.replace('*', 'x')}`;
        const { status } = await ask(target, { method: method as 'GET', headers: bearer(keyOf(role)) });
        const may = allowed === 'public' || allowed.includes(role);
        expect([route, status === 403, status === 401]).toEqual([route, !may, false]);
      }
    },
  );

  test.each(['/export/bets.csv', '/export/transfers.ndjson', '/export/failures.csv'])(
    'hides names and records in %s from bi, and shows them to support',
    async (path) => {
      const search = `from=${range.from}&to=${range.to}&raw=true`;
      const as = (role: string) => ask(`${url}${path}?${search}`, { headers: bearer(keyOf(role)) });
      const [bi, support] = [await as('bi'), await as('support')];
      expect([bi.status, support.status]).toEqual([200, 200]);
      expect(bi.text).not.toMatch(new RegExp(`${ann}|${bob}`));
      expect(support.text).toContain(ann);
    },
  );

  test('hides names and records in /export/changes.ndjson from bi, and other accounts from a key without them', async () => {
    const as = (key: string) => ask(`${url}/export/changes.ndjson?raw=true`, { headers: bearer(keyOf(key)) });
    const [bi, support, one] = [await as('bi'), await as('support'), await as('vp-only')];
    expect([bi.status, support.status, one.status]).toEqual([200, 200, 200]);
    for (const name of [ann, bob]) expect(bi.text).not.toContain(name);
    for (const line of bi.text.split('\n').filter(Boolean)) {
      const { recordId, cursor } = JSON.parse(line);
      for (const text of [recordId, cursor]) expect(shows(text, 'canary')).toBe(false);
    }
    expect(support.text).toContain(`{\\"user\\":\\"${ann}\\"}`);
    expect(one.text).toContain('vp-main');
    expect(one.text).not.toMatch(/one-main|hrg-main|ebet-main/);
  });

  test.each(['Bets', 'Transfers', 'SeqNoFailures', 'BetTotals', 'Changes'])(
    'hides names in OData’s %s from bi',
    async (set) => {
      const target = `${url}/odata/v4/${set}?raw=true`;
      const bi = await ask(target, { headers: bearer(keyOf('bi')) });
      expect(bi.status).toBe(200);
      for (const row of bi.json.value)
        for (const value of Object.values(row)) expect(shows(value, 'canary')).toBe(false);
    },
  );
});
