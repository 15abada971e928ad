import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decimal } from '../../../src/records/decimal.ts';
import {
  createBet,
  createCommit,
  createFailure,
  createTransfer,
  DAY,
  HOUR,
  NOON,
} from '../../graph/harness.ts';
import { type Harness, openHarness } from './harness.ts';

const bets = [
  createBet('b1', NOON, { stake: decimal('10.10'), netWin: decimal('-10.10'), currency: 'USD' }),
  createBet('b2', NOON - HOUR, { stake: decimal('0.000000000000000001'), currency: 'USD' }),
  createBet('b3', NOON - DAY, { stake: decimal('3'), currency: 'THB' }),
];
const commits = [
  createCommit('vp-main', 'BET', bets),
  createCommit('one-main', 'BET', [createBet('b1', NOON - HOUR, { stake: decimal('7') })]),
  createCommit('hrg-main', 'TRANSFER', [createTransfer('t1', NOON)]),
  createCommit('ebet-main', 'SEQ_NO_FAILURE', [createFailure('s1', NOON)]),
];

let harness: Harness;
beforeAll(async () => {
  harness = await openHarness({ commits });
});
afterAll(() => harness.close());

interface Part {
  readonly name: string;
  readonly account: string;
  readonly rows: number;
  readonly checksum: string;
  readonly sums: readonly Readonly<Record<string, unknown>>[];
}
interface Manifest {
  readonly error?: { readonly message: string; readonly parameter: string };
  readonly days: readonly (Readonly<Record<string, unknown>> & { readonly parts: readonly Part[] })[];
}
async function manifest(query: string, opened: Harness = harness): Promise<Manifest> {
  return (await (await opened.get(`/export/manifest.json?${query}`)).json()) as Manifest;
}

describe('/export/manifest.json', () => {
  it('has rows, exact sums and a checksum of each day, for every account that is asked', async () => {
    const { days } = await manifest('from=2026-11-19&to=2026-11-22');
    expect(days.map(({ day, from, to, rows }) => [day, from, to, rows])).toEqual([
      ['2026-11-19', '2026-11-19T00:00:00.000Z', '2026-11-20T00:00:00.000Z', 0],
      ['2026-11-20', '2026-11-20T00:00:00.000Z', '2026-11-21T00:00:00.000Z', 1],
      ['2026-11-21', '2026-11-21T00:00:00.000Z', '2026-11-22T00:00:00.000Z', 5],
    ]);
    const part = (name: string, account: string) =>
      days[2]?.parts.find((each) => each.name === name && each.account === account);
    expect(part('bets', 'vp-main')).toMatchObject({
      provider: 'VERTEXPLAY',
      rows: 2,
      checksum: expect.stringMatching(/^[0-9a-f]{16}$/),
      sums: [{ currency: 'USD', rows: 2, stake: '10.100000000000000001', validStake: null }],
      complete: true,
      final: expect.any(Boolean),
      gaps: 0,
    });
    expect(part('transfers', 'hrg-main')).toMatchObject({
      rows: 1,
      sums: [{ currency: 'CNY', amount: expect.any(String) }],
    });
    expect(part('failures', 'ebet-main')).toMatchObject({ rows: 1, sums: [] });
    expect(days[0]?.parts.every(({ rows, sums }) => rows === 0 && sums.length === 0)).toBe(true);
  });

  it('adds up to what the export of the day has', async () => {
    const lines = (
      await (await harness.get('/export/bets.ndjson?from=2026-11-21&to=2026-11-22')).text()
    ).trim();
    const { days } = await manifest('from=2026-11-21&to=2026-11-22&names=bets');
    expect(days[0]?.parts.reduce((sum, { rows }) => sum + rows, 0)).toBe(lines.split('\n').length);
  });

  it('says by its checksum which day a revision changed', async () => {
    const opened = await openHarness({ commits });
    const sums = async () => {
      const { days } = await manifest('from=2026-11-20&to=2026-11-22&names=bets&accounts=vp-main', opened);
      return days.map(({ parts }) => parts.map(({ checksum }) => checksum));
    };
    const before = await sums();
    const revised = bets.map((bet, at) =>
      at === 0 ? { ...bet, raw: '{"revised":1}', versionAt: NOON + 1 } : bet,
    );
    await opened.archive.commit(createCommit('vp-main', 'BET', revised));
    const after = await sums();
    expect(after[0]).toEqual(before[0]);
    expect(after[1]).not.toEqual(before[1]);
    await opened.close();
  });

  it('cuts days where the business day starts, and the first and last to the range', async () => {
    const { days } = await manifest(
      'from=2026-11-20T12:00:00Z&to=2026-11-21T12:00:00Z&timeZone=Asia/Manila&dayStartsAt=06:00&names=bets',
    );
    expect(days.map(({ day, from, to }) => [day, from, to])).toEqual([
      ['2026-11-20', '2026-11-20T12:00:00.000Z', '2026-11-20T22:00:00.000Z'],
      ['2026-11-21', '2026-11-20T22:00:00.000Z', '2026-11-21T12:00:00.000Z'],
    ]);
  });

  it.each([
    ['to=2026-11-22', 'from'],
    ['from=2026-11-22&to=2026-11-21', 'to'],
    ['from=2020-01-01&to=2026-11-21', 'to'],
    ['from=2026-11-20&to=2026-11-21&names=bet', 'names'],
    ['from=2026-11-20&to=2026-11-21&accounts=nobody', 'accounts'],
    ['from=2026-11-20&to=2026-11-21&zone=UTC', 'zone'],
  ])('refuses %s by naming %s', async (query, parameter) => {
    expect((await harness.get(`/export/manifest.json?${query}`)).status).toBe(400);
    expect((await manifest(query)).error).toMatchObject({ parameter });
  });

  it('is in the audit log', async () => {
    await manifest('from=2026-11-20&to=2026-11-22');
    expect(harness.audited.at(-1)).toMatchObject({
      route: 'export',
      operation: 'manifest.json',
      error: null,
    });
  });
});
