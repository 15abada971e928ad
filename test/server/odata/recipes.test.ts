import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { complete, createBet, createCommit, DAY, HOUR, iso, NOON } from '../../graph/harness.ts';
import { type Harness, openHarness } from '../export/harness.ts';

interface Dashboard {
  readonly panels: readonly {
    readonly title: string;
    readonly targets: readonly {
      readonly url: string;
      readonly columns: readonly { readonly selector: string }[];
    }[];
  }[];
}

let harness: Harness;
beforeAll(async () => {
  const gap = {
    account: 'vp-main',
    kind: 'BET',
    from: NOON - 2 * HOUR,
    to: NOON - HOUR,
    retryAt: null,
    message: null,
  } as const;
  harness = await openHarness({
    commits: [
      createCommit('vp-main', 'BET', [createBet('b1', NOON), createBet('b2', NOON - 2 * DAY)]),
      createCommit('one-main', 'BET', [
        createBet('b3', NOON - HOUR),
        createBet('b4', NOON, { currency: 'USD' }),
      ]),
    ],
    coverage: { ...complete, complete: false, gaps: [{ ...gap, reason: 'PROVIDER_ERROR' }] },
  });
});
afterAll(() => harness.close());

/** What Grafana makes of an address: variables filled in, the rest percent-encoded. */
function filled(url: string): string {
  const [from, to] = [NOON - DAY, NOON + DAY].map(iso) as [string, string];
  const variables: Readonly<Record<string, string>> = {
    address: harness.url,
    '__from:date:YYYY-MM-DD': from.slice(0, 10),
    '__to:date:YYYY-MM-DD': to.slice(0, 10),
    zone: 'UTC',
    '__from:date:iso': from,
    '__to:date:iso': to,
  };
  return encodeURI(
    url.replace(/\$\{(.*?)\}/g, (_, name: string) => variables[name] ?? `no variable ${name}`),
  );
}

describe('the Grafana dashboard', async () => {
  const file = new URL('../../../docs/bi/grafana-dashboard.json', import.meta.url);
  const dashboard = JSON.parse(await readFile(file, 'utf8')) as Dashboard;

  it.each(dashboard.panels.map((panel) => [panel.title, panel] as const))(
    'fills %s',
    async (_, { targets }) => {
      expect(targets).toHaveLength(1);
      const [{ url, columns }] = targets as [(typeof targets)[0]];
      const response = await fetch(filled(url));
      const { value } = (await response.json()) as { value: readonly Readonly<Record<string, unknown>>[] };
      expect(response.status).toBe(200);
      expect(value.length).toBeGreaterThan(0);
      for (const { selector } of columns) expect(value[0]).toHaveProperty(selector);
    },
  );

  it('has one point a day and currency, however many accounts there are', async () => {
    const panel = dashboard.panels.find(({ title }) => title === 'Turnover by day')!;
    const response = await fetch(filled(panel.targets[0]!.url));
    const { value } = (await response.json()) as { value: readonly Readonly<Record<string, unknown>>[] };
    expect(value).toEqual([
      { day: '2026-11-21', currency: 'THB', turnover: 20 },
      { day: '2026-11-21', currency: 'USD', turnover: 10 },
    ]);
  });
});

describe('Power BI', () => {
  it('gets a refresh period’s rows by the filter it folds, page after page', async () => {
    const filter = 'settledAt ge 2026-11-21T00:00:00Z and settledAt lt 2026-11-22T00:00:00Z';
    const select =
      'id,account,provider,player,gameCode,gameType,currency,stake,payout,netWin,status,outcome,settledAt';
    const query = `$filter=${encodeURIComponent(filter).replaceAll('%20', '+')}&$select=${encodeURIComponent(select)}`;
    const response = await harness.get(`/odata/v4/Bets?${query}`, {
      headers: {
        accept: 'application/json;odata.metadata=minimal;q=1.0,application/json;odata.streaming=true;q=0.9',
      },
    });
    const { value } = (await response.json()) as { value: readonly Readonly<Record<string, unknown>>[] };
    expect(value).toMatchObject(Array(3).fill({ stake: 10 }));
    expect(value).toContainEqual(expect.objectContaining({ account: 'vp-main', settledAt: iso(NOON) }));
  });

  it('is sent to the service by a file that it opens', async () => {
    const opened = await openHarness({ settings: { publicUrl: 'https://bi.example.com/countroom' } });
    const response = await opened.get('/countroom.pbids');
    expect(response.headers.get('content-disposition')).toBe('attachment; filename="countroom.pbids"');
    expect(await response.json()).toMatchObject({
      version: '0.1',
      connections: [
        {
          details: { protocol: 'odata', address: { url: 'https://bi.example.com/countroom/odata/v4/' } },
          mode: 'Import',
        },
      ],
    });
    await opened.close();
  });

  it('learns what it may leave to the service', async () => {
    const xml = await (await harness.get('/odata/v4/$metadata')).text();
    expect(xml).toContain('<String>contains</String><String>startswith</String>');
  });
});
