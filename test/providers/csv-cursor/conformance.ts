import type { Body } from '../conformance/body.ts';
import type { FeedUnderTest, Row } from '../conformance/feeds.ts';
import { decodeCsv, encodeCsv } from './csv.ts';
import { provider } from './provider.ts';

const onlyText = 'a cell of CSV is text and nothing else';

const body: Body = {
  parse: (text) => decodeCsv('sandbox', text),
  spell: encodeCsv,
  number: (digits) => digits,
  odd: '1.10',
  lacks: { numbers: onlyText, lists: onlyText, null: onlyText, bareWords: onlyText },
};

const failures: FeedUnderTest = {
  provider,
  kind: 'SEQ_NO_FAILURE',
  title: 'csv by cursor',
  path: '/rows.csv',
  body,
  cursor: {
    steady: 'its cursor is the time of the next row, which no other row shifts',
    // The same time, spelt otherwise: a cursor that comes twice is a loop.
    emptied: ({ rows, ...said }) => {
      const { at } = (rows as readonly Row[])[0]!;
      return { ...said, next: `${at}.0`, covered: at, rows: [] };
    },
  },
  pageOption: 'pageSize',
  list: ['rows'],
  total: null,
  id: 'id',
  user: 'player',
  number: 'status',
  time: 'at',
  spellTime: String,
  nonsenseTimes: ['0001-01-01T00:00:00Z', '1700000000', '0', '1736647200000000'],
  amount: null,
  currency: null,
  unknown: { row: { status: '987654' }, record: { statusCode: 987_654, succeeded: false } },
  corrected: (row) => ({ ...row, status: '201' }),
  versioned: false,
  changed: { status: '4321' },
  rateLimits: ['#error=BUSY\n'],
  unknownCode: { body: '#error=98765\n', code: '98765' },
  wrongSignature: null,
  login: null,
};

/** What the suite must know of its feeds. */
export const feeds: readonly FeedUnderTest[] = [failures];
