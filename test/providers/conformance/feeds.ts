import { generateKeyPairSync } from 'node:crypto';
import { LosslessNumber } from 'lossless-json';
import type { StoredRecord } from '../../../src/archive/archive.ts';
import { formatIso, formatOffsetTime } from '../../../src/providers/times.ts';
import type { ProviderName, RecordKind } from '../../../src/records/record.ts';

export type Row = Readonly<Record<string, unknown>>;

/** What the suite must know of a feed's protocol to spoil it; bodies are what the provider would send. */
export interface FeedUnderTest {
  readonly provider: ProviderName;
  readonly kind: RecordKind;
  /** Its column in `docs/faults.md`. */
  readonly title: string;
  readonly path: string;
  /** The option that sets how many rows a page has; null where an answer comes whole. */
  readonly pageOption: string | null;
  /** Where the rows stand in an answer, and where their number over all pages. */
  readonly list: readonly string[];
  readonly total: readonly string[] | null;
  readonly id: string;
  readonly user: string;
  readonly time: string;
  readonly spellTime: (at: number) => unknown;
  readonly nonsenseTimes: readonly unknown[];
  /** A required amount, and where it is in the record; null where rows carry no money. */
  readonly amount: { readonly name: string; readonly of: (record: StoredRecord) => string | null } | null;
  readonly currency: string | null;
  /** Values no document knows, and what becomes of them; null where rows have none that are closed. */
  readonly unknown: { readonly row: Row; readonly record: object } | null;
  /** The same row in a later version; `versioned` says whether the provider tells versions apart. */
  readonly corrected: (row: Row, at: number) => Row;
  readonly versioned: boolean;
  /** The same row with other content and the same version. */
  readonly changed: Row;
  readonly rateLimits: readonly string[];
  readonly unknownCode: { readonly body: string; readonly code: string };
  /** An account whose signature does not verify, and what the message must name; null where nothing is signed. */
  readonly wrongSignature: {
    readonly account: () => { readonly credentials?: Row; readonly options?: Row };
    readonly names: RegExp;
  } | null;
  readonly session: boolean;
}

export const exact = (digits: string) => new LosslessNumber(digits);

const stakeOf = (record: StoredRecord) => ('stake' in record ? record.stake : null);
const amountOf = (record: StoredRecord) => ('amount' in record ? record.amount : null);

function otherPrivateKey(): string {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 1024 });
  return privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
}

const ebet: FeedUnderTest = {
  provider: 'ebet',
  kind: 'SEQ_NO_FAILURE',
  title: 'ebet',
  path: '/getseqnorecord',
  pageOption: 'pageSize',
  list: ['seqNoHistorys'],
  total: ['count'],
  id: 'seqNo',
  user: 'username',
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
  session: false,
};

const vertexplay: FeedUnderTest = {
  provider: 'vertexplay',
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
  session: true,
};

const hotroadBets: FeedUnderTest = {
  provider: 'hotroad',
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
  session: false,
};

const hotroadTransfers: FeedUnderTest = {
  ...hotroadBets,
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

const oneapi: FeedUnderTest = {
  provider: 'oneapi',
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
  session: false,
};

/** Every feed there is, in the order of the table's columns. */
export const feedsUnderTest: readonly FeedUnderTest[] = [
  ebet,
  vertexplay,
  hotroadBets,
  hotroadTransfers,
  oneapi,
];
