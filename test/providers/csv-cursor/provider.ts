import { z } from 'zod';
import { readAnswer } from '../../../src/providers/answer.ts';
import type { ConnectDeps, Connection, FeedLimits, Page, PageAsk } from '../../../src/providers/provider.ts';
import { readManyRows } from '../../../src/providers/rows.ts';
import { callSent } from '../../../src/providers/sent-call.ts';
import { epochMs } from '../../../src/providers/times.ts';
import { filledText, integer, list, optional, text, unreadable } from '../../../src/providers/wire.ts';
import type { SeqNoFailure } from '../../../src/records/record.ts';

/** The first line: `#next=TOKEN,covered=MILLISECONDS`, or `#end`; then a header and its rows. */
const envelope = z.object({ next: optional(filledText), covered: optional(epochMs), rows: list });
const row = z.object({
  id: filledText,
  player: filledText,
  at: epochMs,
  status: integer,
  event: optional(text),
});

/** CSV as a value: the first line's fields, and each row as an object of texts. */
export function decodeCsv(who: string, body: string): unknown {
  const [first = '', header = '', ...lines] = body.trimEnd().split('\n');
  if (!first.startsWith('#') || header === '') throw unreadable(who, body, 'CSV');
  const said = Object.fromEntries(
    first
      .slice(1)
      .split(',')
      .map((field) => field.split('=')),
  );
  const names = header.split(',');
  const rows = lines.map((line) => {
    const cells = line.split(',');
    return Object.fromEntries(names.map((name, index) => [name, cells[index] ?? '']));
  });
  return { ...said, rows };
}

/** A provider that serves CSV by cursor: pieces that may end before the window does. */
export function connectCsv(id: string, { exchange }: ConnectDeps): Connection {
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
        const query = new URLSearchParams({ from: String(interval.from), to: String(interval.to) });
        if (ask.cursor != null) query.set('cursor', ask.cursor);
        const request = { method: 'GET', path: `/rows.csv?${query}`, headers: {}, body: '' } as const;
        return { request, sent: { interval, askedAt: departure.now } };
      },
      read: async (response, sent): Promise<Page> => {
        const answer = { who: `${id}: /rows.csv`, response, now: sent.askedAt };
        const { next, covered, rows } = readAnswer(answer, envelope, () => null, decodeCsv);
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
