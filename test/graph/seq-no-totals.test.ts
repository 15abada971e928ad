import { parse, validate } from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Archive } from '../../src/archive/archive.ts';
import { createDuckDbArchive } from '../../src/archive/duckdb/index.ts';
import type { TotalsQuery } from '../../src/records/query.ts';
import {
  askTotals,
  createCommit,
  createFailure,
  createUntouchedArchive,
  DAY,
  HOUR,
  hiddenPlayers,
  schema,
} from './harness.ts';

let archive: Archive;
const START = Date.UTC(2026, 10, 1);
const RANGE = 'range: { from: "2026-11-01", to: "2026-12-01" }';

beforeAll(async () => {
  archive = await createDuckDbArchive({ path: ':memory:', playerOf: (_account, username) => username });
  await archive.commit(
    createCommit('ebet-main', 'SEQ_NO_FAILURE', [
      createFailure('s1', START + 4 * HOUR),
      createFailure('s2', START + 7 * HOUR, { providerUsername: 'bob' }),
      createFailure('s3', START + DAY, { statusCode: 401, event: null }),
      createFailure('s4', START + DAY, { statusCode: 200, succeeded: true }),
    ]),
  );
});

afterAll(() => archive.close());

const { totals, rows } = askTotals('seqNoTotals', RANGE, () => archive);

describe('wallet callback totals', () => {
  it('count callbacks, the failed among them, and players', async () => {
    const fields =
      'period { label } provider account player event statusCode succeeded count failedCount playerCount';
    expect(await rows('groupBy: [PROVIDER, ACCOUNT]', fields)).toEqual([
      {
        period: null,
        provider: 'EBET',
        account: 'ebet-main',
        player: null,
        event: null,
        statusCode: null,
        succeeded: null,
        count: 4,
        failedCount: 3,
        playerCount: 2,
      },
    ]);
  });

  it('come by the dimensions as listed: codes as numbers, failures before successes, an absent event first', async () => {
    expect(await rows('groupBy: [STATUS_CODE]', 'statusCode count failedCount')).toEqual([
      { statusCode: 200, count: 1, failedCount: 0 },
      { statusCode: 401, count: 1, failedCount: 1 },
      { statusCode: 4025, count: 2, failedCount: 2 },
    ]);
    expect(await rows('groupBy: [SUCCEEDED, EVENT]', 'succeeded event count')).toEqual([
      { succeeded: false, event: null, count: 1 },
      { succeeded: false, event: 'increaseCredit', count: 2 },
      { succeeded: true, event: 'increaseCredit', count: 1 },
    ]);
  });

  it('cut hours and days in the zone asked for', async () => {
    const zone = 'timeZone: "America/New_York"';
    const labels = { period: { label: '2026-11-01T00:00-04:00' }, count: 1 };
    expect(await rows(`groupBy: [HOUR], first: 1, ${zone}`, 'period { label } count')).toEqual([labels]);
    // 07:00Z is two in the morning there, an hour after the clocks went back: the business day before.
    expect(await rows(`groupBy: [DAY], dayStartsAt: "02:30", ${zone}`, 'period { label } count')).toEqual([
      { period: { label: '2026-10-31' }, count: 2 },
      { period: { label: '2026-11-01' }, count: 2 },
    ]);
  });

  it('are ordered by a count, and cut to the first', async () => {
    const most = 'groupBy: [STATUS_CODE], orderBy: { by: FAILED_COUNT }, first: 1';
    expect(await rows(most, 'statusCode')).toEqual([{ statusCode: 4025 }]);
    expect(await rows('groupBy: [PLAYER], orderBy: { by: COUNT, direction: ASC }', 'player')).toEqual([
      { player: 'bob' },
      { player: 'ann' },
    ]);
  });

  it('count players only where somebody asks', async () => {
    const seen: Pick<TotalsQuery, 'kind' | 'countPlayers' | 'countRounds'>[] = [];
    const stub: Archive = {
      ...createUntouchedArchive(),
      async totals({ kind, countPlayers, countRounds }) {
        seen.push({ kind, countPlayers, countRounds });
        return [];
      },
    };
    await rows('groupBy: []', 'count failedCount', '', { archive: stub });
    await rows('groupBy: [], orderBy: { by: PLAYER_COUNT }', 'count', '', { archive: stub });
    expect(seen).toEqual([
      { kind: 'SEQ_NO_FAILURE', countPlayers: false, countRounds: false },
      { kind: 'SEQ_NO_FAILURE', countPlayers: true, countRounds: false },
    ]);
  });

  it('refuse what cannot be, before anything is called', async () => {
    const untouched = { archive: createUntouchedArchive() };
    const cases = [
      [
        'groupBy: [DAY, WEEK]',
        '',
        'groupBy: expected at most one of HOUR, DAY, WEEK and MONTH, got DAY, WEEK',
      ],
      ['groupBy: [], timeZone: ""', '', 'timeZone: expected an IANA time zone such as "Asia/Manila"'],
      ['groupBy: [], first: -1', '', 'first: expected 0 to 1000, got -1'],
      ['groupBy: []', 'providers: [HOTROAD]', 'providers: no account of provider HOTROAD'],
      ['groupBy: []', 'events: []', 'events: expected at least one value'],
    ] as const;
    for (const [args, filter, message] of cases) {
      const { errors, asks } = await totals(args, 'count', filter, {
        ...untouched,
        viewer: { accounts: ['ebet-main'] },
      });
      expect(errors).toEqual([{ code: 'BAD_USER_INPUT', message: expect.stringContaining(message) }]);
      expect(asks).toEqual([]);
    }
    const foreign = parse(`{ seqNoTotals(filter: { ${RANGE} }, groupBy: [CURRENCY]) { rows { player } } }`);
    expect(validate(schema, foreign).map(({ message }) => message)).toEqual([
      'Value "CURRENCY" does not exist in "SeqNoDimension" enum.',
    ]);
  });

  it('show a player alone, and pseudonyms to those who may not read names', async () => {
    expect(await rows('groupBy: [PLAYER]', 'player count', '', { viewer: { onlyPlayer: 'bob' } })).toEqual([
      { player: 'bob', count: 1 },
    ]);
    const hidden = { viewer: { readsPlayers: false }, players: hiddenPlayers };
    expect(await rows('groupBy: [PLAYER]', 'player count', 'players: ["nna"]', hidden)).toEqual([
      { player: 'nna', count: 3 },
    ]);
  });
});
