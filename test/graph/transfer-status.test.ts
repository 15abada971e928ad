import { afterEach, describe, expect, it } from 'vitest';
import type { KeptArchive } from '../../src/archive/admin.ts';
import { createDuckDbArchive } from '../../src/archive/duckdb/index.ts';
import { UpstreamError } from '../../src/errors.ts';
import { createCallBudgets } from '../../src/feeds/call-budget.ts';
import type { Feed } from '../../src/feeds/feed.ts';
import { createPatience } from '../../src/feeds/patience.ts';
import type { Piece } from '../../src/feeds/reading/piece.ts';
import { createTransferSearcher } from '../../src/feeds/transfer-search.ts';
import type { Connection } from '../../src/providers/provider.ts';
import type { ClockOffset } from '../../src/records/clock-reading.ts';
import type { Interval } from '../../src/records/interval.ts';
import type { Transfer } from '../../src/records/record.ts';
import {
  createCommit,
  createTransfer,
  DAY,
  feeds,
  HOUR,
  iso,
  MINUTE,
  NOON,
  run,
  SECOND,
  type Surroundings,
} from './harness.ts';

const SENT = NOON;
const LAG = 2 * MINUTE;
const open: KeptArchive[] = [];
afterEach(() => Promise.all(open.splice(0).map((archive) => archive.close())));

interface SetUp {
  /** What the provider lists; both ends of what is asked belong to its answer. */
  readonly rows?: readonly Transfer[];
  readonly quarantined?: Piece['quarantined'];
  /** The provider's clock against ours; null where it sends no date. */
  readonly offset?: ClockOffset | null;
  readonly checkTransfer?: Connection['checkTransfer'];
  readonly retention?: number | null;
  readonly maxWindow?: number;
  readonly viewer?: Surroundings['viewer'];
  /** How many calls a minute may be caused. @default no bound */
  readonly calls?: number;
  /** What a read comes to instead. */
  readonly fails?: () => UpstreamError | null;
}

/** A gateway on paper over a real archive: its provider reads up to its own now, as a filler would let it. */
async function setUp(options: SetUp = {}) {
  const { rows = [], quarantined = [], offset = { leastMs: 0, mostMs: 0 }, fails = () => null } = options;
  const archive = await createDuckDbArchive({ path: ':memory:', playerOf: (_account, username) => username });
  open.push(archive);
  if (offset !== null) await archive.writeClock('hrg-main', [{ untilAt: SENT, ...offset }]);
  let now = SENT + 10 * MINUTE + LAG;
  const asked: Interval[] = [];
  const read = () => ({
    now,
    providerNow: now + (offset?.leastMs ?? 0),
    providerLatest: now + (offset?.mostMs ?? 0),
  });
  const feed: Feed = {
    ...feeds.find(({ kind }) => kind === 'TRANSFER')!,
    upstream: {
      clock: {
        read,
        note() {},
        at: () => read().providerNow,
        offset: () => offset,
        recall() {},
        onMeasure: () => () => {},
        onFall: () => () => {},
      },
      outage: () => null,
      paused: () => null,
      calls: () => ({ calls: 0, refused: 0 }),
      callsOfDay: () => ({ calls: 0, refusedAgoMs: null }),
      onRecovery: () => () => {},
    },
  };
  const own: Feed = {
    ...feed,
    limits: {
      ...feed.limits,
      grid: HOUR,
      maxWindow: options.maxWindow ?? null,
      retention: options.retention === undefined ? 40 * DAY : options.retention,
    },
    pace: { key: 'hotroad hrgag /api/log', minIntervalMs: 0, quota: null },
    connection: { ...feed.connection, checkTransfer: options.checkTransfer },
  };
  const searcher = createTransferSearcher({
    archive,
    filler: {
      newAsker: () => ({ order: 0 }),
      async readNow(_feed, interval, _asker, served) {
        const error = fails();
        if (error !== null) throw error;
        asked.push(interval);
        served?.();
        const { providerNow: providerAt } = read();
        const to = Math.min(interval.to, providerAt - SECOND);
        const within = rows.filter(({ axisAt }) => axisAt >= interval.from && axisAt <= to);
        // Where there is no room to ask from before it, the instant a call begins with is not held by it.
        const from = interval.from + (options.maxWindow === undefined ? 0 : 1);
        const held = from < to ? { from, to } : null;
        const parts = { interval: held, readAt: now, providerAt, quarantined: [...quarantined] };
        await archive.commit({ ...createCommit('hrg-main', 'TRANSFER', within, {}), ...parts });
        return [{ ...parts, rows: within, duplicates: 0, unknownFields: [] }];
      },
    },
    patience: createPatience(),
    now: () => now,
    monotonic: () => now,
  });
  const surroundings = {
    archive,
    feeds: [own],
    clock: () => now,
    searchTransfers: searcher.search,
    ...(options.viewer && { viewer: options.viewer }),
    ...(options.calls !== undefined && {
      payer: createCallBudgets({ monotonic: () => now })('key', options.calls),
    }),
  };
  const fields =
    'state transfer { transactionCode } searched { from to } provenAt retryAt reason ' +
    'evidence { operation askedAt providerTime from to rows }';
  return {
    archive,
    asked,
    pass(ms: number) {
      now += ms;
    },
    now: () => now,
    async ask(code = 't1', maxWait = '5s', sentAt = SENT) {
      const source = `query($code: String!, $sentAt: DateTime!) {
        transferStatus(account: "hrg-main", transactionCode: $code, sentAt: $sentAt, maxWait: "${maxWait}") { ${fields} } }`;
      const { data, errors } = await run(surroundings, source, { code, sentAt: iso(sentAt) });
      if (errors.length > 0) return { errors };
      return data['transferStatus'] as Record<string, unknown>;
    },
    async askAll(asks: readonly { transactionCode: string; sentAt: string }[]) {
      const source = `query($asks: [TransferAsk!]!) {
        transferStatuses(account: "hrg-main", asks: $asks, maxWait: "5s") { ${fields} } }`;
      const { data, errors } = await run(surroundings, source, { asks });
      expect(errors).toEqual([]);
      return data['transferStatuses'] as Record<string, unknown>[];
    },
  };
}

const searched = { from: iso(SENT - 5 * MINUTE), to: iso(SENT + 10 * MINUTE) };

describe('a transfer that is there', () => {
  it('is ARRIVED at once where it is archived, whatever its time, and the reason says how far', async () => {
    const { archive, ask, asked } = await setUp();
    await archive.commit(createCommit('hrg-main', 'TRANSFER', [createTransfer('t1', SENT - 3 * HOUR)]));
    expect(await ask()).toMatchObject({
      state: 'ARRIVED',
      transfer: { transactionCode: 't1' },
      retryAt: null,
      reason: expect.stringMatching(/3h before it was sent$/),
    });
    expect(asked).toEqual([]);
  });

  it('is ARRIVED where the search brings it, on the evidence of that read', async () => {
    const { ask, asked, now } = await setUp({ rows: [createTransfer('t1', SENT + SECOND)] });
    const answer = await ask();
    expect(answer).toMatchObject({ state: 'ARRIVED', searched, provenAt: null });
    expect(answer['evidence']).toEqual([
      {
        operation: '/api/log',
        askedAt: iso(now()),
        providerTime: iso(now()),
        from: searched.from,
        to: iso(SENT + 10 * MINUTE + 1),
        rows: 1,
      },
    ]);
    expect(asked).toHaveLength(1);
  });

  it('is asked for by its code first, and archived where that finds it', async () => {
    const codes: string[] = [];
    const asking = await setUp({
      checkTransfer: async ({ code }) => {
        codes.push(code);
        return { operation: '/api/check', askedAt: SENT + MINUTE, transfer: createTransfer(code, SENT + 1) };
      },
    });
    const answer = await asking.ask();
    expect(answer).toMatchObject({ state: 'ARRIVED', transfer: { transactionCode: 't1' } });
    expect(answer['evidence']).toMatchObject([
      { operation: '/api/check', from: iso(SENT), to: iso(SENT), rows: 1 },
    ]);
    expect([codes, asking.asked]).toEqual([['t1'], []]);
  });
});

describe('a transfer that is not there', () => {
  it('is NOT_ARRIVED once all of its time was read late enough, by one call', async () => {
    const { ask, asked, now } = await setUp({
      rows: [createTransfer('t2', SENT)],
      checkTransfer: async () => null,
    });
    expect(await ask()).toMatchObject({
      state: 'NOT_ARRIVED',
      searched,
      provenAt: iso(now()),
      retryAt: null,
    });
    expect(asked).toEqual([{ from: SENT - 5 * MINUTE, to: SENT + 10 * MINUTE + 1 }]);
  });

  it('is NOT_YET_KNOWN a moment before, with the earliest moment, and read once meanwhile', async () => {
    const { ask, asked, pass } = await setUp();
    pass(-1);
    const early = { state: 'NOT_YET_KNOWN', provenAt: null, retryAt: iso(SENT + 10 * MINUTE + LAG) };
    expect(await ask()).toMatchObject(early);
    expect(await ask()).toMatchObject(early);
    expect(asked).toHaveLength(1);
    pass(1);
    expect(await ask()).toMatchObject({ state: 'NOT_ARRIVED' });
    expect(asked).toHaveLength(2);
  });

  it('is searched for and proven absent by the provider’s clock, whose offset is known between two bounds', async () => {
    const { ask, pass, now } = await setUp({ offset: { leastMs: -5 * MINUTE, mostMs: -4 * MINUTE } });
    const span = { from: iso(SENT - 10 * MINUTE), to: iso(SENT + 6 * MINUTE) };
    expect(await ask()).toMatchObject({ state: 'NOT_YET_KNOWN', searched: span });
    // Its clock has surely shown the end and the lag when its slowest reading has.
    pass(SENT + 6 * MINUTE + LAG + 5 * MINUTE - now() - 1);
    expect(await ask()).toMatchObject({ state: 'NOT_YET_KNOWN', retryAt: iso(now() + 1) });
    pass(1);
    expect(await ask()).toMatchObject({ state: 'NOT_ARRIVED', searched: span });
  });

  it('is searched for by what was measured since an hour before it was sent, before a restart or by another process', async () => {
    const { archive, ask } = await setUp();
    const measured = (untilAt: number, minutes: number) => {
      const offset = minutes * MINUTE;
      return { untilAt, leastMs: offset, mostMs: offset + SECOND };
    };
    await archive.writeClock('hrg-main', [measured(SENT - HOUR, 40), measured(SENT - HOUR + MINUTE, -3)]);
    await archive.writeClock('hrg-main', [measured(SENT + MINUTE, 1), measured(SENT + MINUTE, -1)]);
    await archive.writeClock('one-main', [measured(SENT, 30)]);
    const span = { from: iso(SENT - 8 * MINUTE), to: iso(SENT + 11 * MINUTE + SECOND) };
    expect(await ask()).toMatchObject({ state: 'NOT_YET_KNOWN', searched: span });
  });

  it('is searched for an hour further either way where the provider’s clock is not known', async () => {
    const { ask } = await setUp({ offset: null });
    const span = { from: iso(SENT - 65 * MINUTE), to: iso(SENT + 70 * MINUTE) };
    expect(await ask()).toMatchObject({ state: 'NOT_YET_KNOWN', searched: span });
  });

  it('needs a read made for the question, at most ten seconds before it', async () => {
    const { ask, asked, pass } = await setUp();
    await ask();
    await ask();
    pass(9 * SECOND);
    expect(await ask('t3')).toMatchObject({ state: 'NOT_ARRIVED' });
    expect(asked).toHaveLength(1);
    pass(2 * SECOND);
    expect(await ask('t4')).toMatchObject({ state: 'NOT_ARRIVED' });
    expect(asked).toHaveLength(2);
    // The question is the same for ten minutes: what answered it once answers it again.
    expect(await ask()).toMatchObject({ state: 'NOT_ARRIVED' });
    expect(asked).toHaveLength(2);
  });

  it('needs no other read where one was made a day after its end', async () => {
    const { archive, ask, asked, pass } = await setUp();
    const interval = { from: SENT - HOUR, to: SENT + HOUR };
    const providerAt = SENT + 10 * MINUTE + DAY;
    await archive.commit(
      createCommit('hrg-main', 'TRANSFER', [], { interval, readAt: providerAt, providerAt: providerAt - 1 }),
    );
    pass(2 * DAY);
    expect(await ask('t1', '0s')).toMatchObject({ state: 'NOT_YET_KNOWN' });
    await archive.commit(
      createCommit('hrg-main', 'TRANSFER', [], { interval, readAt: providerAt + 1, providerAt }),
    );
    expect(await ask('t1', '0s')).toMatchObject({ state: 'NOT_ARRIVED', provenAt: iso(providerAt + 1) });
    expect(asked).toEqual([]);
  });

  it('is asked for together with all others, whose reads are shared', async () => {
    const { askAll, asked } = await setUp({ rows: [createTransfer('t2', SENT)] });
    const asks = ['t1', 't2', 't3'].map((transactionCode, index) => ({
      transactionCode,
      sentAt: iso(SENT - index * MINUTE),
    }));
    expect((await askAll(asks)).map(({ state }) => state)).toEqual(['NOT_ARRIVED', 'ARRIVED', 'NOT_ARRIVED']);
    expect(asked).toEqual([{ from: SENT - 7 * MINUTE, to: SENT + 10 * MINUTE + 1 }]);
  });

  it('is searched for in pieces where one call may not ask for all of it, with no instant left out between them', async () => {
    const { ask, asked } = await setUp({ maxWindow: 10 * MINUTE });
    expect(await ask()).toMatchObject({ state: 'NOT_ARRIVED', searched });
    expect(asked).toEqual([
      { from: SENT - 5 * MINUTE - 1, to: SENT + 5 * MINUTE - 1 },
      { from: SENT + 5 * MINUTE - 2, to: SENT + 10 * MINUTE + 1 },
    ]);
  });

  it('is not told absent by a wait of nothing, which asks nobody', async () => {
    const { ask, asked } = await setUp();
    expect(await ask('t1', '0s')).toMatchObject({ state: 'NOT_YET_KNOWN', evidence: [] });
    expect(asked).toEqual([]);
  });
});

describe('absence is not proven', () => {
  const unreadable = (raw: object) => [{ reason: 'amount: not a decimal number', raw: JSON.stringify(raw) }];

  it('by a provider that does not answer: the reason is its own', async () => {
    const fails = () => new UpstreamError('hrg-main: expected HTTP 200, got 503', { action: 'retry' });
    const { ask } = await setUp({ fails });
    expect(await ask()).toMatchObject({
      state: 'NOT_YET_KNOWN',
      reason: 'hrg-main: expected HTTP 200, got 503',
    });
  });

  it('where a row that could not be read holds the code, accepted or not, however it is spelt', async () => {
    const raw = `{"transactionCode":"\\u0074\\u0031","amount":"1,000.00"}`;
    const { archive, ask } = await setUp({ quarantined: [{ reason: 'amount: not a decimal number', raw }] });
    const answer = { state: 'NOT_YET_KNOWN', retryAt: null, reason: expect.stringMatching(/holds the code/) };
    expect(await ask()).toMatchObject(answer);
    const ids = (await archive.quarantined(['hrg-main'])).map(({ id }) => id);
    expect(await archive.acceptQuarantined(ids)).toBe(1);
    expect(await ask()).toMatchObject(answer);
  });

  it('where a row could not be read whose code nobody can tell, until it is accepted', async () => {
    const { archive, ask } = await setUp({ quarantined: unreadable({ amount: '1,000.00' }) });
    expect(await ask()).toMatchObject({ state: 'NOT_YET_KNOWN', reason: expect.stringMatching(/may be it/) });
    const ids = (await archive.quarantined(['hrg-main'])).map(({ id }) => id);
    await archive.acceptQuarantined(ids);
    expect(await ask()).toMatchObject({ state: 'NOT_ARRIVED' });
  });

  it('but for a row that has another code of its own', async () => {
    const { ask } = await setUp({
      quarantined: unreadable({ transactionCode: 'another', amount: '1,000.00' }),
    });
    expect(await ask()).toMatchObject({ state: 'NOT_ARRIVED' });
  });

  it('where the provider listed it once and no longer does', async () => {
    const { archive, ask, now } = await setUp();
    const interval = { from: SENT - HOUR, to: SENT + HOUR };
    const row = createTransfer('t1', SENT);
    await archive.commit(createCommit('hrg-main', 'TRANSFER', [row], { interval, readAt: SENT + MINUTE }));
    const answer = await ask();
    expect(answer).toMatchObject({ state: 'ARRIVED' });
    await archive.commit(createCommit('hrg-main', 'TRANSFER', [], { interval, readAt: now() }));
    const lost = (listedAt: number, askedAt: number) => ({
      state: 'NOT_YET_KNOWN',
      transfer: null,
      reason: `last listed by the provider at ${iso(listedAt)}, and no longer when it was asked at ${iso(askedAt)}: ask the provider`,
    });
    expect(await ask()).toMatchObject(lost(SENT + MINUTE, now()));
  });

  it('where a row is contradicted, or withdrawn, with when it was last listed by the provider’s clock', async () => {
    const { archive, ask, now } = await setUp();
    const interval = { from: SENT - HOUR, to: SENT + 5 * MINUTE };
    const doubting = { within: interval, settlementLag: LAG, confirmAfter: MINUTE, byAdmin: false };
    const [row, other] = [createTransfer('t1', SENT), createTransfer('t2', SENT)];
    const look = (readAt: number, rows: readonly Transfer[]) =>
      archive.commit(
        createCommit('hrg-main', 'TRANSFER', rows, {
          interval,
          readAt,
          providerAt: readAt - 30 * SECOND,
          doubting,
        }),
      );
    await look(SENT + 6 * MINUTE, [row, other]);
    const missedAt = now() - 2 * MINUTE;
    await look(missedAt, [other]);
    const listedAt = iso(SENT + 6 * MINUTE - 30 * SECOND);
    const lost = {
      state: 'NOT_YET_KNOWN',
      reason: expect.stringContaining(`last listed by the provider at ${listedAt}`),
    };
    expect(await ask('t1', '0s')).toMatchObject(lost);
    expect(await archive.doubts(['hrg-main'], interval)).toHaveLength(1);
    const moved = { from: interval.to, to: missedAt };
    await archive.commit(createCommit('hrg-main', 'TRANSFER', [], { interval: moved, readAt: now() }));
    await look(now(), [other]);
    expect(await archive.doubts(['hrg-main'], interval)).toEqual([]);
    expect(
      (await archive.byKeys('TRANSFER', [{ account: 'hrg-main', key: 't1' }]))[0]?.withdrawnAt,
    ).not.toBeNull();
    expect(await ask('t1', '0s')).toMatchObject(lost);
  });

  it('where a code is there that differs in case alone', async () => {
    const { ask } = await setUp({ rows: [createTransfer('T1', SENT)] });
    expect(await ask()).toMatchObject({
      state: 'NOT_YET_KNOWN',
      retryAt: null,
      reason: expect.stringMatching(/"T1"/),
    });
  });

  it('beyond what the provider keeps, or is believed to keep', async () => {
    for (const retention of [40 * DAY, null]) {
      const { ask, pass } = await setUp({ retention });
      pass(40 * DAY - 15 * MINUTE - LAG);
      expect(await ask()).toMatchObject({ state: 'NOT_ARRIVED' });
      pass(1);
      expect(await ask('t9')).toMatchObject({
        state: 'NOT_YET_KNOWN',
        reason: expect.stringMatching(/records begin/),
      });
    }
  });

  it('to a player', async () => {
    const viewer = { onlyPlayer: 'ann', role: 'player' as const };
    const { ask } = await setUp({ viewer, rows: [createTransfer('t1', SENT, { providerUsername: 'bob' })] });
    const another = await ask();
    expect(another).toMatchObject({ state: 'NOT_YET_KNOWN', transfer: null });
    // As of a code that is not there, also where it differs in case alone.
    for (const code of ['t2', 'T1']) expect(await ask(code)).toEqual(another);
  });

  it('where the key’s calls are spent, until there are some again', async () => {
    const { ask, asked, pass, now } = await setUp({ calls: 1 });
    expect(await ask('t1')).toMatchObject({ state: 'NOT_ARRIVED' });
    pass(20 * SECOND);
    expect(await ask('t2')).toMatchObject({
      state: 'NOT_YET_KNOWN',
      retryAt: iso(now() + 40 * SECOND),
      reason: 'the provider calls of this key are spent (calls: 1/m)',
    });
    expect(asked).toHaveLength(1);
    pass(40 * SECOND);
    expect(await ask('t2')).toMatchObject({ state: 'NOT_ARRIVED' });
  });

  it('of none, and paid once, where many are asked for that one read answers', async () => {
    const { askAll, asked } = await setUp({ calls: 1 });
    const asks = Array.from({ length: 100 }, (_, index) => ({
      transactionCode: `t${index}`,
      sentAt: iso(SENT - index),
    }));
    const states = (await askAll(asks)).map(({ state }) => state);
    expect(new Set(states)).toEqual(new Set(['NOT_ARRIVED']));
    expect(asked).toHaveLength(1);
  });

  it('for what no provider could have recorded: BAD_USER_INPUT before any call', async () => {
    const { ask, asked } = await setUp();
    for (const code of ['', ' t1', 't1 ', 'x'.repeat(31)]) {
      expect(await ask(code)).toMatchObject({
        errors: [{ code: 'BAD_USER_INPUT', message: expect.stringMatching(/^transactionCode: /) }],
      });
    }
    expect(asked).toEqual([]);
  });
});
