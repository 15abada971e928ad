import { provider } from '../../../src/providers/oneapi/index.ts';
import { exact, type FeedUnderTest, stakeOf } from '../conformance/feeds.ts';

const bets: FeedUnderTest = {
  provider,
  kind: 'BET',
  title: 'oneapi',
  path: '/api/transaction/list',
  pageOption: 'pageLimit',
  list: ['data', 'data'],
  total: ['data', 'total'],
  id: 'betId',
  user: 'playerId',
  time: 'timestamp',
  spellTime: (at) => exact(String(at)),
  nonsenseTimes: [exact('1700000000'), exact('0'), exact('1736647200000000'), '2026-01-21T07:10:00Z'],
  amount: { name: 'bet', of: stakeOf },
  currency: 'currency',
  unknown: {
    row: { status: exact('97'), category: 'HOLO' },
    record: { status: 'UNKNOWN', providerStatus: '97', gameType: 'HOLO' },
  },
  corrected: (row, at) => ({ ...row, timestamp: exact(String(at + 1)), win: exact('999') }),
  versioned: true,
  changed: { win: exact('888') },
  rateLimits: [],
  unknownCode: { body: '{"traceId":"t","code":98765,"message":"?"}', code: '98765' },
  wrongSignature: {
    account: () => ({ credentials: { apiSecret: 'a'.repeat(64) } }),
    names: /wrong signature.*apiSecret/,
  },
  login: null,
};

/** What the suite must know of its feeds. */
export const feeds: readonly FeedUnderTest[] = [bets];
