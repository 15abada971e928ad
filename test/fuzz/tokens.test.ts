import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { newsOf, readNews } from '../../src/archive/postgres/news.ts';
import { BadUserInputError } from '../../src/errors.ts';
import { decodeChangeCursor, encodeChangeCursor } from '../../src/graph/change/cursor.ts';
import type { RequestContext } from '../../src/graph/context.ts';
import { decodeCursor, encodeCursor } from '../../src/graph/lists/cursor.ts';
import { decodeId, encodeId, parseBase64Json } from '../../src/graph/rows/ids.ts';
import { localViewer } from '../../src/graph/viewer.ts';
import type { SortKey } from '../../src/records/query.ts';
import { type RecordKind, recordKinds } from '../../src/records/record.ts';
import { createPlayers } from '../../src/server/auth/pseudonyms.ts';
import { ODataError } from '../../src/server/odata/odata-error.ts';
import { readKeys, readPlace, writeKeys, writePlace } from '../../src/server/odata/skip-token.ts';
import { growsLinearly, runs, textsOf, unlessRefused } from './laws.ts';

const playersOf = createPlayers({
  playerOf: (_account, username) => username,
  archive: { usernames: async () => [] },
  secret: 'a secret of this test',
  clock: () => 0,
});
/** One who sees every name, and one to whom keys that may hold one are sealed. */
const contexts = [true, false].map((readsPlayers) => {
  const viewer = { ...localViewer, readsPlayers };
  return { viewer, players: playersOf(viewer) } as unknown as RequestContext;
});

const stored = fc.string({ unit: 'grapheme', minLength: 1 });
const at = fc.oneof(fc.maxSafeInteger(), fc.integer({ min: 0, max: Date.UTC(2100, 0, 1) }));
const kind = fc.constantFrom<RecordKind>(...recordKinds);
const position = fc.record({ at, account: stored, key: stored });
const context = fc.constantFrom(...contexts);

const encoded = fc
  .anything({ maxDepth: 2, values: [fc.string(), fc.integer(), fc.constant(null), fc.double()] })
  .map((value) => Buffer.from(JSON.stringify(value) ?? '').toString('base64url'));
const words = ['=', '+', '/', '-', '_', 'A', 'W10', 'bnVsbA', '\0', ' ', '%00'];
/** What a client may send where a token of ours is expected. */
const sentFor = (good: fc.Arbitrary<string>) => textsOf(fc.oneof(good, encoded), words);

describe('a cursor', () => {
  it('of a list leads back to its place, and no other text is taken for one', () => {
    const scope = fc.record({ kind, axis: fc.constantFrom('SETTLED' as const, 'PLACED' as const) });
    fc.assert(
      fc.property(context, scope, position, (of, list, place) => {
        expect(decodeCursor(of, list, 'after', encodeCursor(of, list, place))).toEqual(place);
      }),
      runs(60),
    );
    const good = fc.tuple(scope, position).map(([list, place]) => encodeCursor(contexts[0]!, list, place));
    fc.assert(
      fc.property(scope, sentFor(good), (list, text) => {
        const place = unlessRefused(BadUserInputError, () => decodeCursor(contexts[0]!, list, 'after', text));
        if (place !== undefined) expect(encodeCursor(contexts[0]!, list, place)).toBe(text);
      }),
      runs(200),
    );
  });

  it('of changes leads back to its place, and no other text is taken for one', () => {
    const change = fc.record({ at, kind, account: stored, key: stored });
    fc.assert(
      fc.property(context, change, (of, place) => {
        expect(decodeChangeCursor(of, 'after', encodeChangeCursor(of, place))).toEqual(place);
      }),
      runs(60),
    );
    fc.assert(
      fc.property(sentFor(change.map((place) => encodeChangeCursor(contexts[0]!, place))), (text) => {
        const place = unlessRefused(BadUserInputError, () => decodeChangeCursor(contexts[0]!, 'after', text));
        if (place !== undefined) expect(encodeChangeCursor(contexts[0]!, place)).toBe(text);
      }),
      runs(150),
    );
  });
});

describe('an id', () => {
  it('is read to what it was made of, and no other text is taken for one', () => {
    const type = fc.constantFrom('Bet' as const, 'Transfer' as const, 'SeqNoFailure' as const);
    const parts = fc.oneof(
      fc.record({ type, account: stored, key: stored }),
      fc.record({ type: fc.constant('Player' as const), account: fc.constant(''), key: stored }),
    );
    fc.assert(
      fc.property(parts, (made) => {
        expect(decodeId('id', encodeId(made.type, made.account, made.key))).toEqual(made);
      }),
      runs(60),
    );
    fc.assert(
      fc.property(sentFor(parts.map((made) => encodeId(made.type, made.account, made.key))), (text) => {
        const made = unlessRefused(BadUserInputError, () => decodeId('id', text));
        if (made !== undefined) expect(encodeId(made.type, made.account, made.key)).toBe(text);
      }),
      runs(200),
    );
  });
});

describe('a skip token', () => {
  const left = fc.option(fc.nat());

  it('of rows leads back to its place, and no other text ends otherwise than refused', () => {
    fc.assert(
      fc.property(context, kind, position, left, (of, rows, place, still) => {
        const token = writePlace(of, rows, { position: place, left: still });
        expect(readPlace(of, rows, token)).toEqual({ position: place, left: still });
      }),
      runs(60),
    );
    fc.assert(
      fc.property(
        kind,
        sentFor(position.map((place) => writePlace(contexts[0]!, 'BET', { position: place, left: null }))),
        (rows, text) => {
          const place = unlessRefused(ODataError, () => readPlace(contexts[0]!, rows, text));
          if (place !== undefined)
            expect(readPlace(contexts[0]!, rows, writePlace(contexts[0]!, rows, place))).toEqual(place);
        },
      ),
      runs(150),
    );
  });

  it('of sorted rows leads back to its place, and no other text ends otherwise than refused', () => {
    const types = ['text', 'decimal', 'int', 'time', 'bool', 'date'] as const;
    const keys = fc.tuple(
      ...[
        fc.string(),
        fc.constant('-1.50'),
        fc.maxSafeInteger(),
        at,
        fc.boolean(),
        fc.constant('2026-11-01'),
      ].map((each) => fc.option<SortKey>(each)),
    );
    const token = fc.tuple(keys, left).map(([of, still]) => writeKeys({ keys: of, left: still }));
    fc.assert(
      fc.property(keys, left, (of, still) => {
        expect(readKeys(writeKeys({ keys: of, left: still }), types)).toEqual({ keys: of, left: still });
      }),
      runs(60),
    );
    fc.assert(
      fc.property(sentFor(token), (text) => {
        const place = unlessRefused(ODataError, () => readKeys(text, types));
        if (place !== undefined) expect(readKeys(writeKeys(place), types)).toEqual(place);
      }),
      runs(150),
    );
  });
});

describe('news of other processes', () => {
  it('are read as they were told, and null is made of everything else', () => {
    const item = fc.oneof(
      fc.record({ topic: fc.constant('committed' as const), account: stored, kind, from: at, to: at }),
      fc.record({ topic: fc.constant('released' as const), account: stored, kind, from: fc.option(at) }),
      fc.record({ topic: fc.constant('paced' as const), key: stored, putOff: fc.boolean() }),
      fc.record({ topic: fc.constant('ordered' as const), account: stored }),
    );
    fc.assert(
      fc.property(stored, item, (owner, told) => {
        expect(readNews(newsOf(owner, told)[1])).toEqual({ owner, item: told });
      }),
      runs(60),
    );
    const heard = textsOf(
      fc.tuple(stored, item).map(([owner, told]) => newsOf(owner, told)[1]),
      ['"', '{', '}', '[', ']', ':', ',', 'null', '1e999', '"topic"', '"committed"', '__proto__', '\\u0000'],
    );
    fc.assert(
      fc.property(heard, (payload) => {
        const news = readNews(payload);
        if (news !== null) expect(readNews(newsOf(news.owner, news.item)[1])).toEqual(news);
      }),
      runs(200),
    );
  });
});

describe('what is read of a token', () => {
  it('costs no more than its length', () => {
    const frame = (repeated: string) => Buffer.from(`[0,"a","${repeated}",null]`).toString('base64url');
    growsLinearly(parseBase64Json, ['A', 'W', '=', '[']);
    growsLinearly(
      (text) => unlessRefused(ODataError, () => readPlace(contexts[1]!, 'SEQ_NO_FAILURE', text)),
      ['x'],
      frame,
    );
    growsLinearly(readNews, ['[', '{"a":', '"', '\\']);
  });
});
