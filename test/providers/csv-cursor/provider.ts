import { z } from 'zod';
import { type CodeTable, codeError, readAnswer } from '../../../src/providers/answer.ts';
import { filled, wholeNumber } from '../../../src/providers/options.ts';
import type {
  ConnectDeps,
  Connection,
  FeedLimits,
  FeedSpec,
  Page,
  PageAsk,
  Provider,
  ProviderAccount,
} from '../../../src/providers/provider.ts';
import { readManyRows } from '../../../src/providers/rows.ts';
import { callSent } from '../../../src/providers/sent-call.ts';
import { epochMs } from '../../../src/providers/times.ts';
import { filledText, integer, list, optional, text } from '../../../src/providers/wire.ts';
import type { SeqNoFailure } from '../../../src/records/record.ts';
import { decodeCsv } from './csv.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;

const credentials = z.strictObject({ key: filled });
const options = z.strictObject({ pageSize: wholeNumber(1).default(1_000) });
type Account = ProviderAccount<z.output<typeof credentials>, z.output<typeof options>>;

/** The first line: `#rows=2,next=TOKEN,covered=MILLISECONDS`, `#rows=2` or `#error=CODE`; then a header and its rows. */
const envelope = z.object({
  error: optional(filledText),
  next: optional(filledText),
  covered: optional(epochMs),
  rows: list,
});
const row = z.object({
  id: filledText,
  player: filledText,
  at: epochMs,
  status: integer,
  event: optional(text),
});

const codes: CodeTable = { BUSY: { meaning: 'too many calls', action: 'slowDown' } };

/** A provider that serves CSV by cursor: pieces that may end before the window does. */
export function connectCsv({ id, credentials, options }: Account, { exchange }: ConnectDeps): Connection {
  const paceOf = (_kind: unknown, limits: FeedLimits) => ({
    key: `csv ${id}`,
    minIntervalMs: limits.minInterval,
    quota: null,
  });

  function readPage(_kind: unknown, ask: PageAsk): Promise<Page> {
    return callSent(exchange, ask, {
      operation: '/rows.csv',
      pace: paceOf(null, ask.limits),
      send: (departure) => {
        const interval = ask.interval(departure);
        const query = new URLSearchParams({
          from: String(interval.from),
          to: String(interval.to),
          size: String(options.pageSize),
        });
        if (ask.cursor != null) query.set('cursor', ask.cursor);
        const headers = { 'x-api-key': credentials.key };
        const request = { method: 'GET', path: `/rows.csv?${query}`, headers, body: '' } as const;
        return { request, sent: { interval, askedAt: departure.now } };
      },
      read: async (response, sent): Promise<Page> => {
        const answer = { who: `${id}: /rows.csv`, response, now: sent.askedAt };
        const { next, covered, rows } = readAnswer(
          answer,
          envelope,
          ({ error }) => (error === null ? null : codeError(answer, codes, error)),
          decodeCsv,
        );
        return {
          ...sent,
          ...(await readManyRows(rows, row, toFailure)),
          count: rows.length,
          total: null,
          pageSize: null,
          next,
          ...(covered === null ? {} : { coveredTo: covered }),
        };
      },
    });
  }

  return { readPage, paceOf };
}

function toFailure(wire: z.output<typeof row>, raw: string): SeqNoFailure {
  return {
    key: wire.id,
    formerKey: null,
    providerUsername: wire.player,
    axisAt: wire.at,
    versionAt: null,
    raw,
    seqNo: wire.id,
    event: wire.event,
    statusCode: wire.status,
    statusMeaning: null,
    succeeded: false,
    requestedAt: wire.at,
    respondedAt: null,
  };
}

const failures: FeedSpec = {
  kind: 'SEQ_NO_FAILURE',
  paging: 'cursor',
  stepMs: 1,
  limits: {
    maxWindow: null,
    grid: 60 * MINUTE,
    minInterval: 0,
    quota: null,
    retention: null,
    rowCap: null,
    settlementLag: 2 * MINUTE,
    openMaxAge: 30 * SECOND,
    confirmAfter: 600 * SECOND,
    settlesWithin: 24 * 60 * MINUTE,
    timeout: 10 * SECOND,
    maxAttempts: 5,
  },
};

/** A provider that only tests know. */
export const provider: Provider<Account['credentials'], Account['options']> = {
  name: 'csvcursor',
  title: 'CSV by cursor',
  summary: 'failed wallet callbacks as CSV',
  credentials,
  options,
  needsCurrency: false,
  feeds: [failures],
  connect: connectCsv,
  loadSandbox: async () => (await import('./sandbox.ts')).createSandbox,
};
