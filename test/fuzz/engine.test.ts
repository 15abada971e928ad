import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { KeptArchive } from '../../src/archive/admin.ts';
import { decimal } from '../../src/records/decimal.ts';
import { writeKeys } from '../../src/server/odata/skip-token.ts';
import { createBet, createCommit, HOUR, NOON } from '../graph/harness.ts';
import { openArchive } from '../providers/conformance/archive.ts';
import { type Harness, openHarness } from '../server/export/harness.ts';
import { runs, textsOf } from './laws.ts';
import { applies, filters, goodApplies, goodFilters, goodOrders, orders } from './odata-texts.ts';

let archive: KeptArchive;
let close: () => Promise<void>;
let server: Harness;

beforeAll(async () => {
  ({ archive, close } = await openArchive());
  const bets = [
    createBet('b1', NOON, { stake: decimal('12345678901234567890.000000000000000001') }),
    createBet('b2', NOON - HOUR, { odds: decimal('-1.50'), gameType: 'ß', providerUsername: 'bob' }),
  ];
  await archive.commit(createCommit('vp-main', 'BET', bets));
  server = await openHarness({ archive: { ...archive, close: async () => {} } });
});
afterAll(async () => {
  await server.close();
  await close();
});

/** Every question is answered, or refused with what is wrong with it: none is our fault. */
async function expectAnswer(path: string): Promise<void> {
  const response = await server.get(path);
  const text = await response.text();
  expect([200, 400, 404, 501], `${decodeURIComponent(path)}\n${text}`).toContain(response.status);
}

const odata = (options: Readonly<Record<string, string>>) =>
  expectAnswer(`/odata/v4/Bets?${new URLSearchParams(options)}`);

describe('an OData query', () => {
  it.each([
    ['$filter', goodFilters, filters],
    ['$orderby', goodOrders, orders],
    ['$apply', goodApplies, applies],
  ] as const)('with any %s is answered by the engine, or refused', async (option, good, texts) => {
    await fc.assert(
      fc.asyncProperty(fc.oneof({ weight: 3, arbitrary: good }, texts), (text) => odata({ [option]: text })),
      runs(25),
    );
  });

  it.each([
    ['add', ' add 1'],
    ['mul', ' mul 1'],
  ])(
    'with as many operations as may be, each %s within the last, is answered by the engine',
    async (_, step) => {
      await odata({ $filter: `stake${step.repeat(100)} gt 1` });
      await odata({ $filter: `${'not ('.repeat(40)}stake gt 1${')'.repeat(40)}` });
    },
  );

  it.each(['or', 'and'])(
    'with as many conditions joined by %s as an address holds is answered by the engine',
    async (op) => {
      await odata({ $filter: `odds eq 1${` ${op} odds ne 2`.repeat(1_000)}` });
      await odata({ $filter: `odds add 1 eq 1${` ${op} odds add 1 ne 2`.repeat(99)}` });
      await odata({ $filter: `odds in (${'1,'.repeat(3_500)}1)` });
    },
  );

  it('with any token is answered by the engine, or refused', async () => {
    const key = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.maxSafeInteger(),
      fc.constantFrom('9'.repeat(400), '-0.1', '\0', null),
    );
    const token = fc
      .tuple(fc.array(key, { minLength: 2, maxLength: 2 }), fc.option(fc.nat()))
      .map(([keys, left]) => writeKeys({ keys, left }));
    await fc.assert(
      fc.asyncProperty(
        textsOf(token, ['A', '=']),
        fc.constantFrom('stake', 'settledAt', 'gameCode', 'account'),
        ($skiptoken, $orderby) => odata({ $orderby, $skiptoken }),
      ),
      runs(25),
    );
    const place = fc
      .tuple(
        fc.maxSafeInteger(),
        fc.string({ unit: 'binary' }),
        fc.string({ unit: 'binary' }),
        fc.constant(null),
      )
      .map((parts) => Buffer.from(JSON.stringify(parts)).toString('base64url'));
    await fc.assert(
      fc.asyncProperty(place, ($skiptoken) => odata({ $skiptoken })),
      runs(15),
    );
  });
});

describe('an export', () => {
  it('with any parameters is given, or refused', async () => {
    const name = fc.constantFrom(
      'from',
      'to',
      'axis',
      'accounts',
      'players',
      'columns',
      'changedSince',
      'withdrawn',
      'gameCodes',
      'currencies',
      'raw',
      'delimiter',
      'after',
    );
    const value = fc.oneof(
      fc.constantFrom(
        '2026-11-21',
        '0000-01-01',
        '9999-12-31T23:59:59Z',
        'vp-main',
        'true',
        'stake,account',
        'tab',
        'exclude',
        '\0',
        'include',
      ),
      fc.string({ unit: 'binary' }),
    );
    const range = { from: '0000-01-01', to: '9999-12-31' };
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom('bets.csv', 'bets.ndjson', 'changes.ndjson'),
        fc.dictionary(name, value, { maxKeys: 3 }),
        fc.boolean(),
        (file, given, ranged) =>
          expectAnswer(`/export/${file}?${new URLSearchParams({ ...(ranged && range), ...given })}`),
      ),
      runs(30),
    );
  });
});
