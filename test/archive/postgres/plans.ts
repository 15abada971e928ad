import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { postgresDialect } from '../../../src/archive/postgres/dialect.ts';
import type { PostgresArchive } from '../../../src/archive/postgres/index.ts';
import type { Statement } from '../../../src/archive/sql/dialect.ts';
import { byKeysStatement, pageStatement, playerPagesStatement } from '../../../src/archive/sql/rows.ts';
import type { PageQuery } from '../../../src/records/query.ts';
import { createBet, createCommit, DAY, HOUR, MINUTE, NOON } from '../../graph/harness.ts';
import type { PostgresServer } from '../postgres-server.ts';
import { createPostgresStore, type PostgresStore } from './store.ts';

const ACCOUNTS = ['a', 'b', 'c', 'd'];
const ROWS = 6_000;
const PLAYERS = 300;
const FROM = NOON - 30 * DAY;
const range = { from: FROM, to: NOON };

const page = (over: Partial<PageQuery> = {}): Statement =>
  pageStatement(postgresDialect, {
    kind: 'BET',
    accounts: ACCOUNTS,
    range,
    axis: 'SETTLED',
    players: null,
    where: null,
    limit: 21,
    end: 'first',
    after: null,
    before: null,
    ...over,
  });

// What is looked for, and how many rows may be looked at for it: a few times those that are answered.
const lookups: Readonly<Record<string, readonly [Statement, atMost: number]>> = {
  'the newest of all accounts': [page(), 100],
  'the newest of one account': [page({ accounts: ['b'] }), 100],
  'the oldest': [page({ end: 'last' }), 100],
  'the newest by the time they were placed': [page({ axis: 'PLACED' }), 100],
  'the page after a place, by the time they were placed': [
    page({ axis: 'PLACED', after: { at: NOON - 10 * DAY, account: 'b', key: 'k7' } }),
    100,
  ],
  'the newest of one player': [page({ players: ['p7'] }), 400],
  'the newest of one player of one account': [page({ players: ['p7'], accounts: ['c'] }), 200],
  'pages of several players': [
    playerPagesStatement(postgresDialect, { ...pageQueryOfPlayers(), players: ['p7', 'p8'] }),
    800,
  ],
  'rows by their keys': [
    byKeysStatement(postgresDialect, 'BET', [
      { account: 'a', key: 'k70' },
      { account: 'd', key: 'k71' },
    ]),
    8,
  ],
  'a row by its key among a list’s': [page({ where: { op: 'in', column: 'key', values: ['k70'] } }), 20],
  'one round': [page({ where: { op: 'in', column: 'roundId', values: ['r70'] } }), 20],
};

function pageQueryOfPlayers(): PageQuery {
  return {
    kind: 'BET',
    accounts: ACCOUNTS,
    range,
    axis: 'SETTLED',
    players: null,
    where: null,
    limit: 11,
    end: 'first',
    after: null,
    before: null,
  } as PageQuery;
}

interface PlanNode {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string;
  readonly 'Actual Rows': number;
  readonly 'Actual Loops': number;
  readonly 'Rows Removed by Filter'?: number;
  readonly 'Rows Removed by Index Recheck'?: number;
  readonly Plans?: readonly PlanNode[];
}

/** PostgreSQL's own account of what it looks at; nothing here hangs on time. */
export function describePlans(server: () => PostgresServer): void {
  describe('what a lookup reads on PostgreSQL', () => {
    let store: PostgresStore;
    let archive: PostgresArchive;
    beforeAll(async () => {
      store = await createPostgresStore(server());
      archive = await store.open();
      for (const account of ACCOUNTS) {
        const bets = Array.from({ length: ROWS }, (_, index) => {
          const at = FROM + HOUR + Math.floor(((NOON - FROM - HOUR) * index) / ROWS);
          return createBet(`k${index}`, at, {
            providerUsername: `p${index % PLAYERS}`,
            roundId: `r${index}`,
            placedAt: at - (index % 50) * MINUTE,
          });
        });
        await archive.commit(createCommit(account, 'BET', bets));
      }
      await server().run('VACUUM ANALYZE', store.url);
    });
    afterAll(async () => {
      await archive.close();
      await store.drop();
    });

    it.each(Object.entries(lookups))('%s', async (_name, [statement, atMost]) => {
      const scans = scansIn(await explain(statement)).filter((node) => node['Relation Name'] === 'bets');
      expect(scans.map((node) => node['Node Type'])).not.toContain('Seq Scan');
      expect(scans.reduce((total, node) => total + lookedAt(node), 0)).toBeLessThanOrEqual(atMost);
    });

    async function explain({ text, values }: Statement): Promise<PlanNode> {
      const client = new pg.Client(store.url);
      await client.connect();
      try {
        const found = await client.query(`EXPLAIN (ANALYZE, FORMAT JSON) ${text}`, [...values]);
        return found.rows[0]['QUERY PLAN'][0].Plan;
      } finally {
        await client.end();
      }
    }
  });
}

function scansIn(node: PlanNode): PlanNode[] {
  const own = node['Node Type'].endsWith('Scan') ? [node] : [];
  return [...own, ...(node.Plans ?? []).flatMap(scansIn)];
}

function lookedAt(node: PlanNode): number {
  const removed = (node['Rows Removed by Filter'] ?? 0) + (node['Rows Removed by Index Recheck'] ?? 0);
  return (node['Actual Rows'] + removed) * node['Actual Loops'];
}
