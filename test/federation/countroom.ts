import { Registry } from 'prom-client';
import { createDuckDbArchive } from '../../src/archive/duckdb/index.ts';
import { authSettings, serverSettings } from '../../src/config/server-settings.ts';
import { UpstreamError } from '../../src/errors.ts';
import { createDispatcher } from '../../src/feeds/dispatch.ts';
import type { Feed } from '../../src/feeds/feed.ts';
import { createFiller } from '../../src/feeds/filler.ts';
import type { AuditEntry } from '../../src/server/audit/audit-log.ts';
import { createPlayers } from '../../src/server/auth/pseudonyms.ts';
import { createLogger } from '../../src/server/logger.ts';
import { createServer } from '../../src/server/server.ts';
import {
  accounts,
  createBet,
  createCommit,
  createContext,
  DAY,
  feeds,
  HOUR,
  iso,
  MINUTE,
  NOON,
  schema,
} from '../graph/harness.ts';
import { createCountingArchive, type Reads } from './counting-archive.ts';

/** What every test asks for: an hour that ended an hour ago. */
export const asked = { from: NOON - 2 * HOUR, to: NOON - HOUR };
export const range = `range: { from: "${iso(asked.from)}", to: "${iso(asked.to)}" }`;

/** HotRoad answers nothing in the last ten minutes of it. */
export const gap = {
  accountId: 'hrg-main',
  kind: 'BET',
  from: iso(asked.to - 10 * MINUTE),
  to: iso(asked.to),
  reason: 'PROVIDER_ERROR',
  retryAt: iso(NOON + 5 * MINUTE),
  message: 'hrg-main: bets expected HTTP 200, got HTTP 503',
};

export { iso, NOON } from '../graph/harness.ts';

export const keys = { router: 'key-of-the-router-0001', analyst: 'key-of-an-analyst-0002' };

/** Archived the day before, and so outside of what the lists ask for: a bet for each of many players. */
export const oldBets = Array.from({ length: 500 }, (_, index) => ({
  key: `old-${index}`,
  player: `player-${index}`,
}));

export interface Countroom {
  /** Where it answers GraphQL. */
  readonly url: string;
  readonly reads: Reads;
  /** Every request let in, in order. */
  readonly audited: AuditEntry[];
  close(): Promise<void>;
}

/** The whole gateway behind its real door, over an archive in memory; the clock stands still at noon. */
export async function openCountroom(): Promise<Countroom> {
  const playerOf = (_account: string, username: string) => username;
  const clock = () => NOON;
  const { archive, reads } = createCountingArchive(
    await createDuckDbArchive({ path: ':memory:', playerOf, clock }),
  );
  const inside = asked.from + HOUR / 2;
  await archive.commit(
    createCommit(
      'vp-main',
      'BET',
      [
        createBet('v1', inside, { providerUsername: 'ann' }),
        createBet('v2', inside + MINUTE, { providerUsername: 'bob' }),
        createBet('v3', inside + 2 * MINUTE, { providerUsername: 'ann' }),
      ],
      { interval: asked },
    ),
  );
  const old = oldBets.map(({ key, player }) => createBet(key, NOON - DAY, { providerUsername: player }));
  await archive.commit(createCommit('vp-main', 'BET', old));
  await archive.commit(
    createCommit('hrg-main', 'BET', [createBet('h1', inside + 3 * MINUTE, { currency: 'CNY' })], {
      interval: { from: asked.from, to: asked.to - 10 * MINUTE },
    }),
  );

  const known = ['vp-main', 'hrg-main'];
  const ours = feeds.filter(({ account }) => known.includes(account.id)).map(brokenFeed);
  const filler = createFiller({ archive, now: clock, monotonic: () => 0 });
  const dispatcher = createDispatcher({
    archive,
    filler,
    now: clock,
    monotonic: () => 0,
    maxRangeMs: 40 * DAY,
    finalAfterMs: 0,
  });
  const playersOf = createPlayers({ playerOf, archive, secret: 'of this test alone', clock });
  const audited: AuditEntry[] = [];
  const server = await createServer({
    settings: { ...serverSettings.parse({}), host: '127.0.0.1', port: 0 },
    auth: authSettings.parse({
      apiKeys: [
        { name: 'router', key: keys.router, role: 'support' },
        { name: 'analyst', key: keys.analyst, role: 'viewer', accounts: ['vp-main'] },
      ],
    }),
    schema,
    makeContext(viewer) {
      const context = createContext({ archive, viewer, players: playersOf(viewer) });
      const deps = {
        ...context.deps,
        accounts: accounts.filter(({ id }) => known.includes(id)),
        feeds: ours,
      };
      return { ...context, deps, dispatch: dispatcher.begin() };
    },
    isReady: () => true,
    logger: createLogger({ level: 'silent' }),
    registry: new Registry(),
    clock,
    audit: (entry) => audited.push(entry),
  });
  const { url } = await server.listen();
  return {
    url: `${url}/graphql`,
    reads,
    audited,
    async close() {
      await server.close();
      await filler.close(AbortSignal.timeout(100));
      await archive.close();
    },
  };
}

function brokenFeed(feed: Feed): Feed {
  const message = `${feed.account.id}: bets expected HTTP 200, got HTTP 503`;
  return {
    ...feed,
    connection: {
      ...feed.connection,
      readPage: () => Promise.reject(new UpstreamError(message, { action: 'giveUp' })),
    },
  };
}
