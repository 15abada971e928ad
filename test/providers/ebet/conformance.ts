import { generateKeyPairSync } from 'node:crypto';
import { provider } from '../../../src/providers/ebet/index.ts';
import { formatIso } from '../../../src/providers/times.ts';
import { exact, type FeedUnderTest } from '../conformance/feeds.ts';

function otherPrivateKey(): string {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 1024 });
  return privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
}

const failures: FeedUnderTest = {
  provider,
  kind: 'SEQ_NO_FAILURE',
  title: 'ebet',
  path: '/getseqnorecord',
  operation: 'getseqnorecord',
  pageOption: 'pageSize',
  list: ['seqNoHistorys'],
  total: ['count'],
  id: 'seqNo',
  user: 'username',
  number: 'status',
  time: 'startRequestTime',
  spellTime: formatIso,
  nonsenseTimes: ['0001-01-01T00:00:00Z', '2016-12-31T23:59:60Z', '2026-01-21 07:10:00', exact('1700000000')],
  amount: null,
  currency: null,
  unknown: {
    row: { status: exact('987654') },
    record: { statusCode: 987_654, statusMeaning: null, succeeded: false },
  },
  corrected: (row, at) => ({ ...row, endResponseTime: formatIso(at + 60_000), status: exact('201') }),
  versioned: true,
  changed: { status: exact('4321') },
  rateLimits: ['{"status":4038,"apiVersion":"1.6.3"}', '{"status":4202,"apiVersion":"1.6.3"}'],
  unknownCode: { body: '{"status":98765,"apiVersion":"1.6.3"}', code: '98765' },
  wrongSignature: {
    account: () => ({ credentials: { privateKey: otherPrivateKey() } }),
    names: /wrong signature.*private key/,
  },
  login: null,
};

/** What the suite must know of its feeds. */
export const feeds: readonly FeedUnderTest[] = [failures];
