import { describe, expect, test } from 'vitest';
import type { Feed } from '../../../src/feeds/feed.ts';
import { createReader } from '../../../src/feeds/reader.ts';
import type { Piece } from '../../../src/feeds/reading/piece.ts';
import type { HttpRequest, HttpResponse } from '../../../src/upstream/call.ts';
import { fixedTurn } from '../../../src/upstream/turn.ts';
import { paperFeed } from '../../feeds/paper-provider.ts';
import { directExchange } from '../direct-exchange.ts';
import { encodeCsv } from './csv.ts';
import { connectCsv } from './provider.ts';

const MINUTE = 60_000;
const from = Date.UTC(2026, 10, 20);
const window = { from, to: from + 10 * MINUTE };
const now = from + 60 * MINUTE;
const account = { id: 'csv-main', currency: null, credentials: { key: 'k' }, options: { pageSize: 4 } };
const rows = Array.from({ length: 10 }, (_, index) => ({ id: `row-${index}`, at: from + index * MINUTE }));

/** Four rows an answer, oldest first; both ends of the interval belong to it. */
function serve({ path }: HttpRequest): HttpResponse {
  const query = new URL(path, 'http://provider').searchParams;
  const [first, last] = [Number(query.get('from')), Number(query.get('to'))];
  const found = rows.filter(({ at }) => at >= first && at <= last);
  const start = Number(query.get('cursor') ?? 0);
  const next = found[start + 4];
  const goesOn = next === undefined ? {} : { next: start + 4, covered: next.at };
  const listed = found
    .slice(start, start + 4)
    .map((row) => ({ player: 'player1', ...row, status: 500, event: 'bet' }));
  return { status: 200, headers: {}, text: encodeCsv({ ...goesOn, rows: listed }) };
}

async function read(answer: (request: HttpRequest, call: number) => HttpResponse) {
  let calls = 0;
  const exchange = directExchange(
    (request) => {
      calls += 1;
      return answer(request, calls);
    },
    () => now,
  );
  const { feed: paper } = paperFeed({ paging: 'cursor' });
  const feed: Feed = { ...paper, connection: connectCsv(account, { exchange }) };
  const pieces: Piece[] = [];
  const turn = fixedTurn('background');
  const reader = createReader({ monotonic: () => 0 });
  const error = await reader
    .readWindow(feed, window, { turn }, async (piece) => void pieces.push(piece))
    .then(
      () => null,
      (reason: unknown) => reason,
    );
  return { pieces, error, calls };
}

describe('a provider of CSV by cursor', () => {
  test('is read to its end, each answer held as far as it covers', async () => {
    const { pieces, error, calls } = await read(serve);
    expect([error, calls]).toEqual([null, 3]);
    expect(pieces.map(({ interval }) => interval)).toEqual([
      { from, to: from + 4 * MINUTE },
      { from: from + 4 * MINUTE, to: from + 8 * MINUTE },
      { from: from + 8 * MINUTE, to: window.to },
    ]);
    expect(pieces.flatMap((piece) => piece.rows.map(({ key }) => key))).toEqual(rows.map(({ id }) => id));
    expect(pieces[0]?.rows[0]?.raw).toBe(
      `{"id":"row-0","player":"player1","at":"${from}","status":"500","event":"bet"}`,
    );
  });

  test('keeps what was covered where it fails in the middle', async () => {
    const down: HttpResponse = { status: 503, headers: {}, text: 'down' };
    const { pieces, error } = await read((request, call) => (call === 3 ? down : serve(request)));
    expect(error).toMatchObject({ action: 'retry', upstreamCode: 'HTTP 503' });
    expect(pieces.map(({ interval }) => interval?.to)).toEqual([from + 4 * MINUTE, from + 8 * MINUTE]);
  });

  test('sets a row aside that cannot be read, and asks again where the body is no CSV', async () => {
    const spoilt = (request: HttpRequest) => {
      const answer = serve(request);
      return { ...answer, text: answer.text.replace(',500,', ',odd,') };
    };
    const { pieces } = await read(spoilt);
    expect(pieces[0]?.quarantined[0]?.reason).toContain('status: expected a whole number');
    const { error } = await read(() => ({ status: 200, headers: {}, text: '<html>' }));
    expect(error).toMatchObject({ action: 'retry', upstreamCode: 'NOT_CSV' });
    const { error: cut } = await read((request) => {
      const answer = serve(request);
      return { ...answer, text: answer.text.slice(0, answer.text.lastIndexOf('row-')) };
    });
    expect(cut).toMatchObject({ action: 'retry', upstreamCode: 'NOT_CSV' });
  });
});
