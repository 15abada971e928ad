import { parse, validate } from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Archive } from '../../src/archive/archive.ts';
import { createDuckDbArchive } from '../../src/archive/duckdb/index.ts';
import { decimal } from '../../src/records/decimal.ts';
import type { TransferDirection } from '../../src/records/record.ts';
import {
  askTotals,
  createCommit,
  createTransfer,
  createUntouchedArchive,
  DAY,
  HOUR,
  hiddenPlayers,
  schema,
} from './harness.ts';

let archive: Archive;
const START = Date.UTC(2026, 10, 1);
const RANGE = 'range: { from: "2026-11-01", to: "2026-12-01" }';
const CNY = 'currencies: ["CNY"]';

beforeAll(async () => {
  archive = await createDuckDbArchive({ path: ':memory:', playerOf: (_account, username) => username });
  const moved = (direction: TransferDirection, amount: string, freeCredit: string | null = null) => ({
    direction,
    amount: decimal(amount),
    freeCredit: freeCredit === null ? null : decimal(freeCredit),
  });
  await archive.commit(
    createCommit('hrg-main', 'TRANSFER', [
      createTransfer('t1', START + 4 * HOUR, moved('DEPOSIT', '1000.10')),
      createTransfer('t2', START + 7 * HOUR, {
        ...moved('WITHDRAWAL', '-300.005'),
        providerUsername: 'bob',
      }),
      createTransfer('t3', START + DAY, moved('DEPOSIT', '0', '50')),
      createTransfer('t4', START + DAY, { ...moved('WITHDRAWAL', '-1', '-8'), currency: 'THB' }),
    ]),
  );
});

afterAll(() => archive.close());

const { totals, rows } = askTotals('transferTotals', RANGE, () => archive);

describe('transfer totals', () => {
  it('are exact sums, whose parts by direction make up the whole', async () => {
    const fields = `period { label } provider account currency player direction transferCount playerCount amount deposits
      withdrawals freeCredit`;
    expect(await rows('groupBy: [CURRENCY]', fields, CNY)).toEqual([
      {
        period: null,
        provider: null,
        account: null,
        currency: 'CNY',
        player: null,
        direction: null,
        transferCount: 3,
        playerCount: 2,
        amount: '700.095',
        deposits: '1000.10',
        withdrawals: '-300.005',
        freeCredit: '50',
      },
    ]);
  });

  it('are zero the way nothing went, and have no free credit where none was sent', async () => {
    const fields = 'direction transferCount amount deposits withdrawals freeCredit';
    expect(await rows('groupBy: [DIRECTION]', fields, CNY)).toEqual([
      {
        direction: 'DEPOSIT',
        transferCount: 2,
        amount: '1000.10',
        deposits: '1000.10',
        withdrawals: '0',
        freeCredit: '50',
      },
      {
        direction: 'WITHDRAWAL',
        transferCount: 1,
        amount: '-300.005',
        deposits: '0',
        withdrawals: '-300.005',
        freeCredit: null,
      },
    ]);
  });

  it('answer counts over mixed currencies, and refuse their money', async () => {
    const counts = { transferCount: 4, playerCount: 2 };
    expect(await rows('groupBy: []', 'transferCount playerCount')).toEqual([counts]);
    for (const field of ['amount', 'deposits', 'withdrawals', 'freeCredit']) {
      const { errors } = await totals('groupBy: []', `transferCount ${field}`);
      expect(errors[0]).toEqual({
        code: 'BAD_USER_INPUT',
        message: 'group by CURRENCY or filter one; found CNY, THB',
      });
    }
  });

  it('cut business days in the zone asked for, and come oldest first', async () => {
    const args = 'groupBy: [PLAYER, DAY], timeZone: "Asia/Manila", dayStartsAt: "13:00"';
    expect(await rows(args, 'period { start label } player transferCount')).toEqual([
      // 04:00Z is noon in Manila: still the day before.
      {
        period: { start: '2026-10-31T05:00:00.000Z', label: '2026-10-31' },
        player: 'ann',
        transferCount: 1,
      },
      {
        period: { start: '2026-11-01T05:00:00.000Z', label: '2026-11-01' },
        player: 'ann',
        transferCount: 2,
      },
      {
        period: { start: '2026-11-01T05:00:00.000Z', label: '2026-11-01' },
        player: 'bob',
        transferCount: 1,
      },
    ]);
  });

  it('are ordered by a figure, and cut to the first', async () => {
    const most = 'groupBy: [PLAYER], orderBy: { by: WITHDRAWALS, direction: ASC }, first: 1';
    expect(await rows(most, 'player', CNY)).toEqual([{ player: 'bob' }]);
    expect(await rows('groupBy: [PLAYER], orderBy: { by: FREE_CREDIT }', 'player', CNY)).toEqual([
      { player: 'ann' },
      { player: 'bob' },
    ]);
    expect(
      await rows('groupBy: [CURRENCY], orderBy: { by: PLAYER_COUNT, direction: ASC }', 'currency'),
    ).toEqual([{ currency: 'THB' }, { currency: 'CNY' }]);
    expect((await totals('groupBy: [CURRENCY], orderBy: { by: FREE_CREDIT }', 'currency')).errors).toEqual([
      {
        code: 'BAD_USER_INPUT',
        message: 'orderBy: expected rows of one currency to order by FREE_CREDIT; filter one; found CNY, THB',
      },
    ]);
  });

  it('refuse what cannot be, before anything is called', async () => {
    const untouched = { archive: createUntouchedArchive() };
    const cases = [
      [
        'groupBy: [HOUR, DAY]',
        '',
        'groupBy: expected at most one of HOUR, DAY, WEEK and MONTH, got HOUR, DAY',
      ],
      [
        'groupBy: [], timeZone: "Mars/Base"',
        '',
        'timeZone: expected an IANA time zone such as "Asia/Manila"',
      ],
      ['groupBy: [], dayStartsAt: "6am"', '', 'dayStartsAt: expected a time of day such as "06:00"'],
      ['groupBy: [], first: 1001', '', 'first: expected 0 to 1000, got 1001'],
      ['groupBy: []', 'accounts: ["nobody"]', 'accounts: no account "nobody"'],
      ['groupBy: []', 'currencies: []', 'currencies: expected at least one value'],
    ] as const;
    for (const [args, filter, message] of cases) {
      const { errors, asks } = await totals(args, 'transferCount', filter, untouched);
      expect(errors).toEqual([{ code: 'BAD_USER_INPUT', message: expect.stringContaining(message) }]);
      expect(asks).toEqual([]);
    }
    const foreign = parse(`{ transferTotals(filter: { ${RANGE} }, groupBy: [GAME]) { rows { player } } }`);
    expect(validate(schema, foreign).map(({ message }) => message)).toEqual([
      'Value "GAME" does not exist in "TransferDimension" enum.',
    ]);
  });

  it('cover the transfers of the accounts asked, as long as is waited', async () => {
    const { asks } = await totals('groupBy: [], maxWait: "5s"', 'transferCount');
    expect(asks.map(({ feeds, maxWaitMs }) => [feeds.map((feed) => feed.kind), maxWaitMs])).toEqual([
      [['TRANSFER'], 5_000],
    ]);
    const none = await totals('groupBy: []', 'transferCount', '', { viewer: { accounts: ['vp-main'] } });
    expect(none.data['transferTotals']).toEqual({ rows: [], coverage: { complete: true } });
    expect(none.asks).toEqual([]);
  });

  it('show a player alone, and pseudonyms to those who may not read names', async () => {
    const fields = 'player transferCount playerCount';
    expect(await rows('groupBy: [PLAYER]', fields, '', { viewer: { onlyPlayer: 'bob' } })).toEqual([
      { player: 'bob', transferCount: 1, playerCount: 1 },
    ]);
    const hidden = { viewer: { readsPlayers: false }, players: hiddenPlayers };
    expect(await rows('groupBy: [PLAYER]', fields, '', hidden)).toEqual([
      { player: 'bob', transferCount: 1, playerCount: 1 },
      { player: 'nna', transferCount: 3, playerCount: 1 },
    ]);
  });
});
