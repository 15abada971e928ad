import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decimal } from '../../../src/records/decimal.ts';
import {
  createBet,
  createCommit,
  createFailure,
  createTransfer,
  HOUR,
  hiddenPlayers,
  NOON,
} from '../../graph/harness.ts';
import { type Harness, openHarness } from '../export/harness.ts';

const playerOf = (_account: string, username: string) => (username === 'bob' ? 'the bob' : username);
const commits = [
  createCommit('vp-main', 'BET', [
    createBet('b1', NOON, { gameCode: 'g1', gameType: 'SLOT', providerUsername: 'ann' }),
    createBet('b2', NOON - HOUR, { gameCode: null, providerUsername: 'bob', stake: decimal('3') }),
    createBet('b3', NOON + 5 * HOUR, { gameCode: 'g2', gameType: null, providerUsername: 'bob' }),
  ]),
  createCommit('hrg-main', 'TRANSFER', [createTransfer('t1', NOON)]),
  createCommit('ebet-main', 'SEQ_NO_FAILURE', [createFailure('s1', NOON)]),
];

let harness: Harness;
beforeAll(async () => {
  harness = await openHarness({ playerOf, commits });
});
afterAll(() => harness.close());

type Row = Readonly<Record<string, unknown>>;
async function ask(path: string, opened: Harness = harness, init?: RequestInit) {
  const response = await opened.get(`/odata/v4/${path}`, init);
  const text = await response.text();
  const json = (text === '' ? {} : JSON.parse(text)) as Row & { value: readonly Row[]; error?: Row };
  return { response, json };
}

describe('$expand', () => {
  it('gives what rows are looked up by within them', async () => {
    const { json } = await ask('Bets?$select=providerBetId&$expand=Player,Game,Account,Calendar');
    expect(json['@odata.context']).toContain(
      '$metadata#Bets(providerBetId,Player(),Game(),Account(),Calendar())',
    );
    expect(json.value).toMatchObject([
      {
        providerBetId: 'b3',
        Player: { player: 'the bob', usernames: 1 },
        Game: { provider: 'VERTEXPLAY', gameCode: 'g2', gameType: null },
        Account: { account: 'vp-main', provider: 'VERTEXPLAY' },
        Calendar: { date: '2026-11-21' },
      },
      { providerBetId: 'b1', Player: { player: 'ann' }, Game: { gameCode: 'g1', gameType: 'SLOT' } },
      { providerBetId: 'b2', Player: { player: 'the bob' }, Game: null },
    ]);
    expect(Object.keys(json.value[0]!)).toEqual(['providerBetId', 'Player', 'Game', 'Account', 'Calendar']);
  });

  it('selects within what it gives', async () => {
    const { json } = await ask('Bets?$select=Player&$expand=Player($select=player)&$top=1');
    expect(json.value).toEqual([{ Player: { player: 'the bob' } }]);
    const all = await ask('Bets?$select=id&$expand=*&$top=1');
    expect(Object.keys(all.json.value[0]!)).toEqual(['id', 'Player', 'Game', 'Account', 'Calendar']);
  });

  it('finds the business day in the zone that is asked for', async () => {
    const dates = async (options: string) => {
      const { json } = await ask(`Bets?$select=id&$expand=Calendar($select=date)&${options}`);
      return json.value.map((row) => (row['Calendar'] as Row)['date']);
    };
    expect(await dates('timeZone=Asia/Manila')).toEqual(['2026-11-22', '2026-11-21', '2026-11-21']);
    expect(await dates('dayStartsAt=11:30')).toEqual(['2026-11-21', '2026-11-21', '2026-11-20']);
  });

  it('goes on over pages, in any order, after a filter', async () => {
    const link = await ask('Bets?$select=id&$expand=Player($select=player)&$orderby=stake', harness, {
      headers: { prefer: 'odata.maxpagesize=2' },
    });
    const next = String(link.json['@odata.nextLink']);
    expect(new URL(next).searchParams.get('$expand')).toBe('Player($select=player)');
    const rest = (await (await fetch(next)).json()) as { value: readonly Row[] };
    expect(rest.value).toHaveLength(1);
    const { json } = await ask(`Bets?$apply=filter(providerUsername eq 'ann')&$expand=Player`);
    expect(json.value).toMatchObject([{ providerUsername: 'ann', Player: { player: 'ann' } }]);
  });

  it('is of transfers, failures, totals, coverage and changes too', async () => {
    const first = async (path: string) => (await ask(`${path}$expand=*&$top=1`)).json.value[0]!;
    expect(await first('Transfers?')).toMatchObject({
      Account: { account: 'hrg-main' },
      Calendar: { day: 21 },
    });
    expect(await first('SeqNoFailures?')).toMatchObject({ Account: { account: 'ebet-main' } });
    expect(await first('Coverage?')).toMatchObject({ Account: { provider: expect.any(String) } });
    expect(await first('Changes?')).toMatchObject({ Account: { account: 'vp-main' } });
    expect(await first('TransferTotals?$select=day,amount&')).toMatchObject({
      Calendar: { date: '2026-11-21' },
    });
  });

  it('parts totals by what it looks up', async () => {
    const { json } = await ask(
      'BetTotals?$select=betCount&$expand=Player($select=player),Calendar($select=date)',
    );
    expect(json.value).toEqual([
      { betCount: 1, Player: { player: 'ann' }, Calendar: { date: '2026-11-21' } },
      { betCount: 2, Player: { player: 'the bob' }, Calendar: { date: '2026-11-21' } },
    ]);
    const whole = await ask(
      "BetTotals(day=2026-11-21,account='vp-main',currency='THB')?$expand=Player,Account",
    );
    expect(whole.json).toMatchObject({ betCount: 3, Player: null, Account: { account: 'vp-main' } });
  });

  it('shows pseudonyms to those who may not read names', async () => {
    const viewer = { readsPlayers: false, readsRaw: false };
    const opened = await openHarness({ commits, viewer, players: hiddenPlayers });
    const { json } = await ask('Bets?$select=player&$expand=Player($select=player)&$orderby=id', opened);
    expect(json.value[0]).toEqual({ player: 'nna', Player: { player: 'nna' } });
    await opened.close();
  });

  it.each([
    ['Bets?$expand=player', 400, 'allowed: Player, Game, Account, Calendar'],
    ['Bets?$expand=Player($select=nope)', 400, 'allowed: player, usernames'],
    ['Bets?$expand=Player,Player', 400, 'twice'],
    ['Bets?$expand=Player($expand=Bets)', 501, 'allowed: $select'],
    ['Bets?$expand=Player/$ref', 501, 'Player/$ref'],
    ['Bets?$expand=', 400, 'names'],
    ['Players?$expand=Bets', 501, 'no navigation properties'],
    ['Bets?$apply=groupby((player))&$expand=Player', 501, 'no navigation properties'],
    [`Bets?$filter=Account/provider eq 'EBET'`, 501, 'Account/provider'],
    ['Bets?$orderby=Player/player', 501, 'Player/player'],
  ])('%s is a %i that says %s', async (path, status, words) => {
    const { response, json } = await ask(path);
    expect([response.status, String(json.error?.['message'])]).toEqual([
      status,
      expect.stringContaining(words),
    ]);
  });
});

describe('a navigation property', () => {
  it('stands at an address of its own', async () => {
    const { json } = await ask("Bets?$filter=providerBetId eq 'b1'&$select=id");
    const id = String(json.value[0]?.['id']);
    const game = await ask(`Bets('${id}')/Game?$select=gameCode`);
    expect(game.json).toEqual({
      '@odata.context': `${harness.url}/odata/v4/$metadata#Games(gameCode)/$entity`,
      gameCode: 'g1',
    });
    expect((await ask(`Bets('${id}')/Calendar?timeZone=Asia/Manila`)).json).toMatchObject({
      date: '2026-11-21',
      start: '2026-11-20T16:00:00.000Z',
    });
    expect((await ask(`Bets('${id}')?$expand=Player&$select=id`)).json).toMatchObject({
      id,
      Player: { player: 'ann' },
    });
    const other = await ask("Bets?$filter=providerBetId eq 'b2'&$select=id");
    const without = await ask(`Bets('${other.json.value[0]?.['id']}')/Game`);
    expect(without.response.status).toBe(204);
    expect((await ask("Bets('x')/Game")).response.status).toBe(404);
    expect((await ask(`Bets('${id}')/Games`)).response.status).toBe(404);
  });

  it('is declared with what it is found by', async () => {
    const xml = await (await harness.get('/odata/v4/$metadata')).text();
    expect(xml).toContain(
      '<NavigationProperty Name="Game" Type="countroom.Game"><ReferentialConstraint Property="provider" ReferencedProperty="provider"/>',
    );
    expect(xml).toContain('<NavigationProperty Name="Account" Type="countroom.Account" Nullable="false">');
    expect(xml).toContain('<NavigationPropertyBinding Path="Calendar" Target="Calendar"/>');
    expect(xml).toContain('<PropertyValue Property="MaxLevels" Int="1"/>');
  });
});

describe('CSDL as JSON', () => {
  it('says what CSDL as XML says', async () => {
    const { response, json } = await ask('$metadata?$format=json');
    expect(response.headers.get('content-type')).toBe('application/json;charset=utf-8');
    expect(json).toMatchObject({
      $Version: '4.01',
      $EntityContainer: 'countroom.Container',
      countroom: {
        Bet: {
          $Kind: 'EntityType',
          $Key: ['id'],
          id: {},
          stake: { $Type: 'Edm.Decimal', $Precision: 38, $Scale: 18 },
          settledAt: { $Type: 'Edm.DateTimeOffset', $Precision: 3, $Nullable: true },
          Player: {
            $Kind: 'NavigationProperty',
            $Type: 'countroom.Player',
            $ReferentialConstraint: { player: 'player' },
          },
          Calendar: { $Type: 'countroom.CalendarDay', $Nullable: true },
        },
        Container: {
          $Kind: 'EntityContainer',
          Bets: {
            $Collection: true,
            $Type: 'countroom.Bet',
            $NavigationPropertyBinding: { Account: 'Accounts' },
            '@Capabilities.ExpandRestrictions': { Expandable: true, MaxLevels: 1 },
          },
          '@Capabilities.ConformanceLevel': 'Intermediate',
        },
      },
    });
    const xml = await (await harness.get('/odata/v4/$metadata')).text();
    const model = json['countroom'] as Readonly<Record<string, Readonly<Record<string, Row>>>>;
    for (const [, name, body] of xml.matchAll(/<EntityType Name="(\w+)">([\s\S]*?)<\/EntityType>/g)) {
      const members = [...body!.matchAll(/<(?:Navigation)?Property Name="(\w+)"/g)].map(
        ([, member]) => member,
      );
      expect(Object.keys(model[name!]!).filter((member) => !member.startsWith('$'))).toEqual(members);
    }
  });

  it('comes to those who take JSON and no XML', async () => {
    const typeFor = async (accept: string) =>
      (await harness.get('/odata/v4/$metadata', { headers: { accept } })).headers.get('content-type');
    expect(await typeFor('application/json')).toContain('application/json');
    expect(await typeFor('*/*')).toContain('application/xml');
    expect(await typeFor('application/json;odata.metadata=minimal;q=1.0,application/xml;q=0.7')).toContain(
      'xml',
    );
  });
});
