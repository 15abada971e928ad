import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Archive } from '../../../src/archive/archive.ts';
import { createDuckDbArchive } from '../../../src/archive/duckdb/index.ts';
import { decimal } from '../../../src/records/decimal.ts';
import {
  complete,
  createBet,
  createCommit,
  createFailure,
  createTransfer,
  DAY,
  HOUR,
  hiddenPlayers,
  MINUTE,
  NOON,
} from '../../graph/harness.ts';
import { type Harness, type HarnessOptions, openHarness } from '../export/harness.ts';

const playerOf = (_account: string, username: string) => (username === 'bob' ? 'the bob' : username);

const commits = [
  createCommit('vp-main', 'BET', [
    createBet('b1', NOON, { stake: decimal('12345678901234567890.000000000000000001') }),
    createBet('b2', NOON - HOUR, { odds: decimal('-1.50'), gameType: 'LIVE', providerUsername: 'bob' }),
    createBet('b3', NOON - DAY, { currency: 'USD', stake: decimal('2.5'), jackpotWin: decimal('0.25') }),
  ]),
  createCommit('one-main', 'BET', [createBet('b1', NOON - HOUR, { stake: decimal('7'), gameType: '' })]),
  createCommit('hrg-main', 'TRANSFER', [createTransfer('t1', NOON)]),
  createCommit('ebet-main', 'SEQ_NO_FAILURE', [createFailure('s1-ann', NOON)]),
];

let archive: Archive;
let shared: Harness;
const harnesses: Harness[] = [];

async function harness(options?: HarnessOptions): Promise<Harness> {
  const opened = await openHarness({ playerOf, archive: { ...archive, close: async () => {} }, ...options });
  harnesses.push(opened);
  return opened;
}

beforeAll(async () => {
  archive = await createDuckDbArchive({ path: ':memory:', playerOf, clock: () => NOON });
  for (const commit of commits) await archive.commit(commit);
  shared = await openHarness({ playerOf, archive: { ...archive, close: async () => {} } });
});
afterEach(async () => {
  await Promise.all(harnesses.splice(0).map((each) => each.close()));
});
afterAll(async () => {
  await shared.close();
  await archive.close();
});

type Row = Readonly<Record<string, unknown>>;
interface Page {
  readonly '@odata.context': string;
  readonly '@odata.count'?: number;
  readonly '@odata.nextLink'?: string;
  readonly value: readonly Row[];
}

async function ask(path: string, opened: Harness = shared, init?: RequestInit) {
  const response = await opened.get(`/odata/v4/${path}`, init);
  return { response, page: (await response.json()) as Page & { error: Row } };
}

/** The bets of a `$filter`, as account and key. */
async function bets(filter: string, opened: Harness = shared): Promise<readonly string[]> {
  const { page } = await ask(`Bets?$filter=${encodeURIComponent(filter)}`, opened);
  expect(page.error).toBeUndefined();
  return page.value.map((row) => `${row['account']} ${row['providerBetId']}`);
}

const [one, two, three, four] = ['vp-main b1', 'one-main b1', 'vp-main b2', 'vp-main b3'];

describe('settledAt, of a feed that is asked by bet time', () => {
  const placed = (index: number) => NOON + index * MINUTE;
  const settled = (index: number) => placed(index) + (index % 7) * HOUR;
  const middle = NOON + 3 * HOUR;
  const times = Array.from({ length: 60 }, (_, index) => settled(index)).toSorted((a, b) => b - a);
  let opened: Harness;
  let byBetTime: Archive;
  beforeAll(async () => {
    byBetTime = await createDuckDbArchive({ path: ':memory:', playerOf, clock: () => NOON });
    const rows = times.map((_, index) =>
      createBet(`b${index}`, placed(index), { placedAt: placed(index), settledAt: settled(index) }),
    );
    await byBetTime.commit(createCommit('vp-main', 'BET', rows));
    opened = await openHarness({ playerOf, archive: byBetTime });
  });
  afterAll(() => opened.close());

  const settledOf = async (query: string) =>
    (await ask(`Bets?$select=settledAt&${query}`, opened)).page.value.map((row) =>
      Date.parse(String(row['settledAt'])),
    );

  it.each([
    `settledAt ge ${new Date(middle).toISOString()}`,
    `not (settledAt lt ${new Date(middle).toISOString()})`,
  ])('selects what was settled then: %s', async (filter) => {
    const found = await settledOf(`$filter=${encodeURIComponent(filter)}`);
    expect(found).toEqual(times.filter((at) => at >= middle));
  });

  it('sorts by what is shown, page by page', async () => {
    expect(await settledOf('$orderby=settledAt%20desc')).toEqual(times);
    expect(await settledOf('$orderby=settledAt')).toEqual(times.toReversed());
    const { page } = await ask('Bets?$select=settledAt&$top=50&$skip=10&$orderby=settledAt%20desc', opened);
    expect(page.value.map((row) => Date.parse(String(row['settledAt'])))).toEqual(times.slice(10));
  });
});

describe('the service', () => {
  it('lists its entity sets', async () => {
    const { response, page } = await ask('');
    expect(response.headers.get('odata-version')).toBe('4.0');
    expect(page['@odata.context']).toBe(`${shared.url}/odata/v4/$metadata`);
    expect(page.value.map((row) => row['name'])).toEqual([
      'Bets',
      'Transfers',
      'SeqNoFailures',
      'BetTotals',
      'TransferTotals',
      'SeqNoTotals',
      'Coverage',
      'Players',
      'Games',
      'Accounts',
      'Calendar',
      'Changes',
    ]);
  });

  it('declares every property with its exact type', async () => {
    const response = await shared.get('/odata/v4/$metadata');
    expect(response.headers.get('content-type')).toContain('application/xml');
    const xml = await response.text();
    expect(xml).toContain('<EntityType Name="Bet">\n        <Key><PropertyRef Name="id"/></Key>');
    expect(xml).toContain(
      '<Property Name="stake" Type="Edm.Decimal" Precision="38" Scale="18" Nullable="false"/>',
    );
    expect(xml).toContain('<Property Name="settledAt" Type="Edm.DateTimeOffset" Precision="3"/>');
    expect(xml).toContain('<EntitySet Name="SeqNoFailures" EntityType="countroom.SeqNoFailure">');
    expect(xml).toContain('<PropertyValue Property="Deletable" Bool="false"/>');
    for (const name of ['id', 'account', 'provider', 'player', 'archivedAt'])
      expect(xml).toMatch(new RegExp(`<Property Name="${name}" [^>]*Nullable="false"/>`));
    for (const name of ['validStake', 'withdrawnAt', 'roundStartedAt'])
      expect(xml).not.toMatch(new RegExp(`<Property Name="${name}" [^>]*Nullable`));
    expect(xml).not.toContain('Name="raw"');
    const withRaw = await (await shared.get('/odata/v4/$metadata?raw=true')).text();
    expect(withRaw).toContain('<Property Name="raw" Type="Edm.String"/>');
  });

  it('reads only', async () => {
    const response = await shared.get('/odata/v4/Bets', {
      method: 'POST',
      body: '{}',
      headers: { 'content-type': 'application/json' },
    });
    expect([response.status, response.headers.get('allow')]).toEqual([405, 'GET']);
  });
});

describe('rows', () => {
  it('come newest first, with every digit of a decimal', async () => {
    const response = await shared.get('/odata/v4/Bets');
    const text = await response.text();
    expect(response.headers.get('content-type')).toBe(
      'application/json;odata.metadata=minimal;charset=utf-8',
    );
    expect(text).toContain('"stake":12345678901234567890.000000000000000001,');
    const { value } = JSON.parse(text) as Page;
    expect(value.map((row) => `${row['account']} ${row['providerBetId']}`)).toEqual([one, two, three, four]);
    expect(value[2]).toMatchObject({
      provider: 'VERTEXPLAY',
      player: 'the bob',
      settledAt: '2026-11-21T11:00:00.000Z',
    });
  });

  it('carry decimals as strings for clients whose numbers are floats', async () => {
    const { response, page } = await ask('Bets?$top=1&$count=true', shared, {
      headers: { accept: 'application/json;odata.metadata=none;IEEE754Compatible=true' },
    });
    expect(response.headers.get('content-type')).toContain('IEEE754Compatible=true');
    expect(page.value[0]).toMatchObject({ stake: '12345678901234567890.000000000000000001', odds: null });
    expect(page).not.toHaveProperty('@odata.context');
  });

  it('of transfers and failures have their own properties', async () => {
    expect((await ask('Transfers')).page.value[0]).toMatchObject({ transactionCode: 't1', amount: -900 });
    expect(
      (await ask('SeqNoFailures?$filter=statusCode eq 4025 and not succeeded')).page.value[0],
    ).toMatchObject({
      seqNo: 's1-ann',
      succeeded: false,
    });
  });

  it('carry the provider’s record only when asked for', async () => {
    const { page } = await ask('Bets?raw=true&$select=raw&$top=1');
    expect(page.value).toEqual([{ raw: '{"betId":"b1"}' }]);
    const blind = await harness({ viewer: { readsRaw: false } });
    expect((await ask('Bets?raw=true&$select=raw&$top=1', blind)).page.value).toEqual([{ raw: null }]);
    expect((await ask("Bets?raw=true&$filter=startswith(raw,'{')", blind)).page.value).toEqual([]);
  });

  it('are found by their id', async () => {
    const { page: all } = await ask('Bets');
    const id = all.value[0]!['id'] as string;
    const { page } = await ask(`Bets('${id}')?$select=providerBetId,stake`);
    expect(page).toMatchObject({
      '@odata.context': `${shared.url}/odata/v4/$metadata#Bets(providerBetId,stake)/$entity`,
      providerBetId: 'b1',
    });
    expect((await ask(`Bets(id='${id}')`)).page).toMatchObject({ id });
    expect((await ask(`Transfers('${id}')`)).response.status).toBe(404);
    const bound = await harness({ viewer: { accounts: ['one-main'] } });
    expect((await ask(`Bets('${id}')`, bound)).response.status).toBe(404);
  });
});

describe('$filter', () => {
  it('compares exactly', async () => {
    expect(await bets('stake gt 12345678901234567890')).toEqual([one]);
    expect(await bets('stake gt 12345678901234567890.000000000000000001')).toEqual([]);
    expect(await bets('stake eq 7.00')).toEqual([two]);
    expect(await bets('odds lt 0')).toEqual([three]);
  });

  it('treats nulls as OData does', async () => {
    expect(await bets("gameType ne 'LIVE'")).toEqual([one, two, four]);
    expect(await bets('gameType eq null')).toEqual([one, four]);
    expect(await bets("not (gameType in ('LIVE',null))")).toEqual([two]);
    expect(await bets("not startswith(gameType,'L')")).toEqual([two]);
    expect(await bets("not contains(gameType,'L')")).toEqual([two]);
    expect(await bets('not (odds gt 0)')).toEqual([one, two, three, four]);
  });

  it('reaches the columns that rows are made with at read', async () => {
    expect(await bets("player eq 'the bob'")).toEqual([three]);
    expect(await bets("player ne 'the bob'")).toEqual([one, two, four]);
    expect(await bets("startswith(player,'the')")).toEqual([three]);
    expect(await bets("player in ('nobody')")).toEqual([]);
    expect(await bets("provider eq 'ONEAPI'")).toEqual([two]);
    expect(await bets("provider ne 'ONEAPI' and currency eq 'USD'")).toEqual([four]);
    expect(await bets("providerBetId eq 'b1' and account eq 'one-main'")).toEqual([two]);
    const id = Buffer.from('["Bet","one-main","b1"]').toString('base64url');
    expect(await bets(`id eq '${id}' or id eq 'x'`)).toEqual([two]);
    expect(await bets(`id ne '${id}'`)).toEqual([one, three, four]);
  });

  it('bounds the time that the archive reads', async () => {
    expect(await bets('settledAt ge 2026-11-21T11:00:00Z and settledAt lt 2026-11-21T12:00:00Z')).toEqual([
      two,
      three,
    ]);
    expect(await bets('settledAt gt 2026-11-21 and settledAt lt 2026-11-20')).toEqual([]);
  });

  it('asks by pseudonym where players may not be read', async () => {
    const opened = await harness({ viewer: { readsPlayers: false }, players: hiddenPlayers });
    expect(await bets("player eq 'nna' and currency eq 'USD'", opened)).toEqual([four]);
    expect(await bets("providerUsername eq 'ann'", opened)).toEqual([]);
    expect(await bets("startswith(providerUsername,'nn') and currency eq 'USD'", opened)).toEqual([four]);
    const { page } = await ask("SeqNoFailures?$filter=seqNo eq 'nna-1s'", opened);
    expect(page.value).toHaveLength(1);
    expect(JSON.stringify(page)).not.toContain('ann');
    expect((await ask("SeqNoFailures?$filter=seqNo gt 'a'", opened)).response.status).toBe(501);
  });

  it('sees a viewer’s own accounts and player alone', async () => {
    expect(await bets("currency ne 'XXX'", await harness({ viewer: { accounts: ['one-main'] } }))).toEqual([
      two,
    ]);
    expect(await bets("currency ne 'XXX'", await harness({ viewer: { onlyPlayer: 'the bob' } }))).toEqual([
      three,
    ]);
  });
});

describe('paging', () => {
  async function walk(path: string): Promise<readonly (readonly string[])[]> {
    const pages: string[][] = [];
    for (let next: string | undefined = path; next !== undefined; ) {
      const { page }: { page: Page } = await ask(next, shared, {
        headers: { prefer: 'odata.maxpagesize=2' },
      });
      pages.push(page.value.map((row) => `${row['account']} ${row['providerBetId']}`));
      next = page['@odata.nextLink']?.replace(`${shared.url}/odata/v4/`, '');
    }
    return pages;
  }

  it('goes on by a key, in either direction of time', async () => {
    expect(await walk('Bets?$select=account,providerBetId')).toEqual([
      [one, two],
      [three, four],
    ]);
    expect(await walk('Bets?$orderby=settledAt')).toEqual([
      [four, three],
      [two, one],
    ]);
    expect(await walk('Bets?$orderby=settledAt desc,account,providerBetId&$filter=stake gt 3')).toEqual([
      [one, two],
      [three],
    ]);
  });

  it('heeds $top and $skip over all pages', async () => {
    expect(await walk('Bets?$top=3')).toEqual([[one, two], [three]]);
    expect(await walk('Bets?$top=2')).toEqual([[one, two]]);
    expect(await walk('Bets?$skip=1&$top=3')).toEqual([[two, three], [four]]);
    expect(await walk('Bets?$skip=9')).toEqual([[]]);
    expect(await walk('Bets?$top=0')).toEqual([[]]);
  });

  it('sorts by anything, page by page', async () => {
    expect(await walk('Bets?$orderby=stake')).toEqual([
      [four, two],
      [three, one],
    ]);
    expect(await walk('Bets?$orderby=odds desc,length(player),stake mul -1')).toEqual([
      [three, one],
      [two, four],
    ]);
    expect(await walk('Bets?$orderby=currency desc,stake desc&$top=2&$skip=1')).toEqual([[one, three]]);
  });

  it('says the size it kept to', async () => {
    const { response } = await ask('Bets', shared, { headers: { prefer: 'odata.maxpagesize=2' } });
    expect(response.headers.get('preference-applied')).toBe('odata.maxpagesize=2');
  });

  it('counts over all pages', async () => {
    const { page } = await ask('Bets?$count=true&$top=1&$filter=currency eq %27THB%27');
    expect(page['@odata.count']).toBe(3);
    expect(await (await shared.get('/odata/v4/Bets/$count?$filter=currency eq %27THB%27')).text()).toBe('3');
    expect(await (await shared.get('/odata/v4/Transfers/$count')).text()).toBe('1');
  });
});

describe('totals', () => {
  it('add up exactly by day, account and currency', async () => {
    const response = await shared.get('/odata/v4/BetTotals');
    const text = await response.text();
    expect(text).toContain('"stake":12345678901234567900.000000000000000001,');
    const { value } = JSON.parse(text) as Page;
    expect(
      value.map((row) => [row['day'], row['account'], row['currency'], row['betCount'], row['playerCount']]),
    ).toEqual([
      ['2026-11-21', 'one-main', 'THB', 1, 1],
      ['2026-11-21', 'vp-main', 'THB', 2, 2],
      ['2026-11-20', 'vp-main', 'USD', 1, 1],
    ]);
    expect(value[2]).toMatchObject({
      stake: 2.5,
      validStake: null,
      jackpotWin: 0.25,
      refund: 0,
      grossGamingRevenue: 5.5,
    });
  });

  it('are filtered, ordered and paged like rows', async () => {
    const { page } = await ask(
      `BetTotals?$filter=${encodeURIComponent("day ge 2026-11-21 and account ne 'one-main'")}&$count=true`,
    );
    expect(page).toMatchObject({ '@odata.count': 1, value: [{ account: 'vp-main' }] });
    const sorted = await ask('BetTotals?$orderby=stake&$select=stake', shared, {
      headers: { prefer: 'odata.maxpagesize=2' },
    });
    expect(sorted.page.value).toEqual([{ stake: 2.5 }, { stake: 7 }]);
    expect(sorted.page['@odata.nextLink']).toContain('$skiptoken=2');
    expect((await ask("BetTotals(day=2026-11-20,account='vp-main',currency='USD')")).page).toMatchObject({
      betCount: 1,
    });
  });

  it('are parted by every dimension that is named, in any zone', async () => {
    const byPlayer = await ask('BetTotals?$select=player,currency,betCount&$filter=account eq %27vp-main%27');
    expect(byPlayer.page.value).toHaveLength(3);
    const byMonth = await ask('BetTotals?$apply=groupby((month,currency),aggregate(betCount with sum as n))');
    expect(byMonth.page.value).toEqual([
      { month: '2026-11', currency: 'THB', n: 3 },
      { month: '2026-11', currency: 'USD', n: 1 },
    ]);
    const kiribati = await ask('BetTotals?$apply=groupby((day))&timeZone=Pacific/Kiritimati');
    expect(kiribati.page.value).toEqual([{ day: '2026-11-22' }, { day: '2026-11-21' }]);
    const late = await ask('BetTotals?$apply=groupby((day))&dayStartsAt=13:00');
    expect(late.page.value).toEqual([{ day: '2026-11-20' }, { day: '2026-11-19' }]);
    expect((await ask('BetTotals?timeZone=Mars')).page.error['message']).toContain('timeZone');
  });

  it('say which rows may still change', async () => {
    const { page } = await ask('BetTotals?$select=day,complete,finalUntil&$top=1');
    expect(page.value).toEqual([{ day: '2026-11-21', complete: true, finalUntil: null }]);
  });

  it('are there of transfers and wallet callbacks', async () => {
    expect((await ask('TransferTotals')).page.value).toMatchObject([
      { account: 'hrg-main', transferCount: 1 },
    ]);
    expect((await ask('SeqNoTotals')).page.value).toMatchObject([{ account: 'ebet-main', count: 1 }]);
  });
});

describe('dimensions', () => {
  it('have a row for each player, game, account and day', async () => {
    const names = async (path: string, name: string) => (await ask(path)).page.value.map((row) => row[name]);
    expect(await names('Players', 'player')).toContain('the bob');
    expect(await names('Games', 'gameCode')).toHaveLength(2);
    expect(await names('Accounts', 'account')).toEqual(['ebet-main', 'hrg-main', 'one-main', 'vp-main']);
    expect(await names('Calendar?$top=2', 'date')).toEqual(['2026-11-20', '2026-11-21']);
    const { page } = await ask('Calendar(2026-11-21)?timeZone=Asia/Manila');
    expect(page).toMatchObject({ year: 2026, quarter: 4, dayOfWeek: 6, start: '2026-11-20T16:00:00.000Z' });
  });

  it('stand at addresses of their own, and their properties too', async () => {
    const text = await (await shared.get("/odata/v4/Accounts('vp-main')/provider/$value")).text();
    expect(text).toBe('VERTEXPLAY');
    const { page } = await ask("Accounts('vp-main')/provider");
    expect(page).toMatchObject({ value: 'VERTEXPLAY' });
  });
});

describe('versions', () => {
  it.each([
    ['3.0', 400, '4.0'],
    ['4.0', 200, '4.0'],
    ['4.01', 200, '4.01'],
    ['5.0', 200, '4.01'],
  ])('a client that takes at most %s is answered %i', async (most, status, version) => {
    const { response } = await ask('Bets?$top=1', shared, { headers: { 'odata-maxversion': most } });
    expect([response.status, response.headers.get('odata-version')]).toEqual([status, version]);
  });

  it('ignores options of other tools, and takes its own without a dollar', async () => {
    expect((await ask('Bets?sap-client=100&top=1&SELECT=id')).page.value).toHaveLength(1);
  });
});

describe('coverage', () => {
  const gaps = [
    {
      account: 'vp-main',
      kind: 'BET' as const,
      from: NOON - 2 * HOUR,
      to: NOON - HOUR,
      reason: 'PENDING' as const,
      retryAt: NOON + MINUTE,
      message: 'soon',
    },
  ];

  it('has a row for every part of a feed’s time', async () => {
    const opened = await harness({ coverage: { ...complete, complete: false, gaps } });
    const filter = encodeURIComponent("from ge 2026-11-21 and to le 2026-11-22 and account eq 'vp-main'");
    const { page } = await ask(`Coverage?$filter=${filter}`, opened);
    expect(page.value).toEqual([
      {
        account: 'vp-main',
        kind: 'BET',
        from: '2026-11-21T00:00:00.000Z',
        to: '2026-11-22T00:00:00.000Z',
        state: 'HELD',
        reason: null,
        retryAt: null,
        message: null,
      },
      {
        account: 'vp-main',
        kind: 'BET',
        from: '2026-11-21T10:00:00.000Z',
        to: '2026-11-21T11:00:00.000Z',
        state: 'GAP',
        reason: 'PENDING',
        retryAt: '2026-11-21T12:01:00.000Z',
        message: 'soon',
      },
    ]);
    expect(opened.asks).toMatchObject([
      { maxWaitMs: null, range: { from: NOON - DAY / 2, to: NOON + DAY / 2 } },
    ]);
  });

  it('tells no gap of what is not due, nor of what nobody can have any more', async () => {
    const [gap] = gaps;
    const others = [
      { ...gap!, from: NOON - 60_000, to: NOON },
      { ...gap!, from: NOON, to: NOON + HOUR, reason: 'IN_FUTURE' as const },
      { ...gap!, from: NOON - 40 * DAY, to: NOON - 39 * DAY, reason: 'BEYOND_RETENTION' as const },
    ];
    const opened = await harness({ coverage: { ...complete, complete: false, gaps: others } });
    const { page } = await ask(`Coverage?$filter=${encodeURIComponent("state eq 'GAP'")}`, opened);
    expect(page.value).toEqual([]);
  });

  it('speaks of the last forty days where no range is asked', async () => {
    const opened = await harness();
    await ask('Coverage', opened);
    expect(opened.asks[0]?.range).toEqual({ from: NOON - 40 * DAY, to: NOON });
  });
});

describe('bad requests', () => {
  it.each([
    ['Bet', 404, 'path', 'allowed: $metadata, Bets'],
    ["Bets('x')", 404, 'path', 'no such entity'],
    ['Bets(x)', 404, 'path', 'the key of Bets: id'],
    ["BetTotals('x')", 404, 'path', 'day, account, currency'],
    ['Bets?$filter=stake gt', 400, '$filter', 'expected a property'],
    ['Bets?$select=id,nope', 400, '$select', 'allowed: id, providerBetId'],
    ['Bets?$orderby=nope', 400, '$orderby', 'allowed: id'],
    ['Bets?$orderby=stake up', 400, '$orderby', 'asc or desc'],
    ['Bets?$top=-1', 400, '$top', 'whole number'],
    ['Bets?$count=yes', 400, '$count', 'allowed: true, false'],
    ['Bets?$skiptoken=abc', 400, '$skiptoken', 'this service gave out'],
    ['Bets?$select=account/provider', 400, '$select', 'allowed: id'],
    ['Bets/countroom.Bet', 404, 'path', 'nothing at'],
    ['Bets?$search=x', 501, '$search', 'not supported'],
    ['Bets?$compute=stake add 1 as s', 501, '$compute', 'not supported'],
    ['Bets?$expand=player', 400, '$expand', 'allowed: Player, Game'],
    ['Bets?$apply=aggregate(stake)', 400, '$apply', '"with"'],
    ['Bets?$apply=compute(stake mul 2 as s)', 501, '$apply', 'allowed: filter, groupby, aggregate'],
    ['Bets?$apply=groupby((rollup(currency)))', 501, '$apply', 'no rollup'],
    ['Bets?$apply=aggregate(gameCode with sum as s)', 400, '$apply', 'expected numbers'],
    ['Bets?$apply=aggregate($count as n)&$filter=stake gt 1', 400, '$filter', 'allowed: n'],
    ['Bets?$filter=stake mul stake gt 1', 400, undefined, 'cannot hold exactly'],
    ['Bets?$fliter=x', 400, '$fliter', 'allowed: $apply'],
    ['Bets?filter=x', 400, '$filter', 'no property "x"'],
    ['Bets?$top=1&$top=2', 400, '$top', 'once'],
    ["Bets?$filter=matchesPattern(gameCode,'x')", 501, '$filter', 'allowed: contains'],
  ])('%s is a %i that names %s', async (path, status, target, words) => {
    const { response, page } = await ask(path);
    expect([response.status, response.headers.get('odata-version')]).toEqual([status, '4.0']);
    expect(page.error['target']).toBe(target);
    expect(page.error['message']).toContain(words);
  });
});
