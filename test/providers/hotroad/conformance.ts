import { provider } from '../../../src/providers/hotroad/index.ts';
import { formatOffsetTime } from '../../../src/providers/times.ts';
import { amountOf, exact, type FeedUnderTest, stakeOf } from '../conformance/feeds.ts';

const bets: FeedUnderTest = {
  provider,
  kind: 'BET',
  title: 'hotroad bets',
  path: '/api/get_transactions_by_update_time_interval',
  pageOption: null,
  list: ['data', 'list'],
  total: null,
  id: 'txId',
  user: 'userId',
  time: 'updateTime',
  spellTime: (at) => formatOffsetTime(at),
  nonsenseTimes: [
    '0001-01-01T00:00:00.000+0800',
    '2016-12-31T23:59:60.000+0800',
    '2026-01-21T07:10:00.000Z',
    exact('1700000000000'),
  ],
  amount: { name: 'betAmount', of: stakeOf },
  currency: null,
  unknown: {
    row: { status: 'VOID', gameType: 'HOLO', category: 'Dragon' },
    record: { outcome: 'UNKNOWN', providerStatus: 'VOID', gameType: 'HOLO', betType: 'Dragon' },
  },
  corrected: (row, at) => ({ ...row, updateTime: formatOffsetTime(at + 1), winLoss: exact('999.0') }),
  versioned: true,
  changed: { winLoss: exact('888.0') },
  // Its own table (5.4) is not public: the code is the sandbox's, named in the account's options.
  rateLimits: ['{"code":"S005"}'],
  unknownCode: { body: '{"code":"9876"}', code: '9876' },
  wrongSignature: null,
  login: null,
  sentSecrets: ({ username, password }) => [Buffer.from(`${username}:${password}`).toString('base64')],
};

const transfers: FeedUnderTest = {
  ...bets,
  kind: 'TRANSFER',
  title: 'hotroad transfers',
  path: '/api/get_transfer_operation_log',
  list: ['data'],
  id: 'transactionCode',
  time: 'createDate',
  amount: { name: 'amount', of: amountOf },
  unknown: null,
  corrected: (row) => ({ ...row, currentBalance: '999.0' }),
  versioned: false,
  changed: { currentBalance: '888.0' },
};

/** What the suite must know of its feeds. */
export const feeds: readonly FeedUnderTest[] = [bets, transfers];
