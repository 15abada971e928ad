import { formatIso } from '../../../src/providers/times.ts';
import { provider } from '../../../src/providers/vertexplay/index.ts';
import { exact, type FeedUnderTest, stakeOf } from '../conformance/feeds.ts';

const bets: FeedUnderTest = {
  provider,
  kind: 'BET',
  title: 'vertexplay',
  path: '/v2/betlogs',
  pageOption: null,
  list: ['data'],
  total: null,
  id: 'betId',
  user: 'username',
  time: 'txTime',
  spellTime: formatIso,
  nonsenseTimes: [
    '0001-01-01T00:00:00.000Z',
    '2016-12-31T23:59:60.000Z',
    '2026-01-21 07:10:00',
    '+057000-01-01T00:00:00.000Z',
    exact('1700000000'),
  ],
  amount: { name: 'actualBetAmt', of: stakeOf },
  currency: 'currency',
  unknown: { row: { betStatus: exact('97') }, record: { status: 'UNKNOWN', providerStatus: '97' } },
  corrected: (row, at) => ({ ...row, txTime: formatIso(at + 1), winAmt: '999.000000' }),
  versioned: true,
  changed: { winAmt: '888.000000' },
  rateLimits: ['{"code":77,"message":"Too many request, please try again later","logUUID":"u"}'],
  unknownCode: { body: '{"code":98765,"message":"?","logUUID":"u"}', code: '98765' },
  wrongSignature: {
    account: () => ({ options: { signatureScheme: 'concatBody' } }),
    names: /signature verification failed.*signatureScheme.*clock/,
  },
  login: '/v2/auth',
};

/** What the suite must know of its feeds. */
export const feeds: readonly FeedUnderTest[] = [bets];
