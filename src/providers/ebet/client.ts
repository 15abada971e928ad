import { UpstreamError } from '../../errors.ts';
import type { Interval } from '../../records/interval.ts';
import type { PaceRule } from '../../records/pace.ts';
import type { RecordKind } from '../../records/record.ts';
import type { Departure, HttpRequest, HttpResponse } from '../../upstream/call.ts';
import { codeError, readAnswer } from '../answer.ts';
import { listAt } from '../empty-answers.ts';
import { paceRule } from '../pace.ts';
import type { ConnectDeps, Connection, FeedLimits, Page, PageAsk, ProviderAccount } from '../provider.ts';
import { readManyRows } from '../rows.ts';
import { callSent } from '../sent-call.ts';
import { formatBeijing, formatIsoSeconds } from '../times.ts';
import { codes } from './codes.ts';
import { keyOfFields, toSeqNoFailure } from './mapping.ts';
import type { Credentials, Options } from './options.ts';
import { readPrivateKey, signedText, signText } from './signing.ts';
import { envelope, row, rowsAt } from './wire.ts';

const SECOND = 1_000;
const MINUTE = 60_000;
const SUCCESS = 200;

interface Sent {
  readonly interval: Interval;
  readonly at: number;
  readonly providerAt: number;
  readonly page: number;
}

/** Reads getseqnorecord page by page. */
export function createClient(
  account: ProviderAccount<Credentials, Options>,
  { exchange }: ConnectDeps,
): Connection {
  const { options } = account;
  const { channelId } = account.credentials;
  const key = readPrivateKey(account.id, account.credentials);
  const who = `${account.id}: getseqnorecord`;
  const spell = options.timeFormat === 'beijing' ? formatBeijing : formatIsoSeconds;
  let usedUpUntil = 0;

  function paceOf(_kind: RecordKind, limits: FeedLimits): PaceRule {
    return paceRule(`ebet ${channelId} getseqnorecord`, limits);
  }

  function build(sent: Sent, page: number): HttpRequest {
    const timestamp = options.timestampUnit === 'ms' ? sent.providerAt : Math.floor(sent.providerAt / SECOND);
    const body = {
      channelId,
      timestamp,
      signature: signText(signedText({ channelId, timestamp }), key, options.hash),
      subChannelId: options.subChannelId,
      startTimeStr: spell(sent.interval.from),
      endTimeStr: spell(sent.interval.to),
      pageNum: page,
      pageSize: options.pageSize,
      withNo200: options.withNo200 === 'omit' ? undefined : options.withNo200,
    };
    return {
      method: 'POST',
      path: options.path,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    };
  }

  /** eBET said that no call of this minute is left: the next would be refused. */
  function refuseWhenUsedUp({ now }: Departure): void {
    if (now >= usedUpUntil) return;
    throw new UpstreamError(`${who} expected calls left this minute, got remainingVisit 0`, {
      action: 'slowDown',
      upstreamCode: 'REMAINING_VISIT_0',
      retryAfterMs: usedUpUntil - now,
    });
  }

  async function read(response: HttpResponse, sent: Sent): Promise<Page> {
    const answer = { who, response, now: sent.at };
    const body = readAnswer(answer, envelope, ({ status }) =>
      status === SUCCESS ? null : codeError(answer, codes, String(status)),
    );
    const remaining = body.remainingVisit ?? body.remainingVisits;
    if (remaining !== null && remaining <= 0) usedUpUntil = sent.at + MINUTE;
    const listed = listAt(answer, body, rowsAt, options.emptyAnswers, sent.page === 1 ? body.count : null);
    return {
      interval: sent.interval,
      askedAt: sent.at,
      ...(await readManyRows(listed, row, toSeqNoFailure, keyOfFields)),
      count: listed.length,
      total: body.count,
      pageSize: options.pageSize,
    };
  }

  function readPage(_kind: RecordKind, ask: PageAsk): Promise<Page> {
    return callSent(exchange, ask, {
      operation: 'getseqnorecord',
      pace: paceOf('SEQ_NO_FAILURE', ask.limits),
      send: (departure) => {
        refuseWhenUsedUp(departure);
        const interval = wholeSeconds(ask.interval(departure));
        const sent = { interval, at: departure.now, providerAt: departure.providerNow, page: ask.page };
        return { request: build(sent, ask.page), sent };
      },
      read,
    });
  }

  return { readPage, paceOf };
}

/** What a request can spell, and so what is really asked: eBET's times have no milliseconds. */
function wholeSeconds({ from, to }: Interval): Interval {
  return { from: Math.floor(from / SECOND) * SECOND, to: Math.floor(to / SECOND) * SECOND };
}
