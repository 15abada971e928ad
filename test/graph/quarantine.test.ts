import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { KeptArchive } from '../../src/archive/admin.ts';
import { createDuckDbArchive } from '../../src/archive/duckdb/index.ts';
import { createBet, createCommit, createUntouchedArchive, HOUR, iso, NOON, run } from './harness.ts';

const interval = { from: NOON - 2 * HOUR, to: NOON - HOUR };
const raw = '{"betId":"b2","winAmt":"1,5"}';
const SOURCE =
  '{ quarantined { id account { id } kind span { from to } reason raw firstSeenAt lastSeenAt timesSeen } }';

let archive: KeptArchive;
beforeEach(async () => {
  archive = await createDuckDbArchive({ path: ':memory:', playerOf: (_account, username) => username });
  const quarantined = [{ reason: 'winAmt: expected an amount, got "1,5"', raw }];
  await archive.commit(
    createCommit('vp-main', 'BET', [createBet('b1', NOON - 1.5 * HOUR)], { interval, quarantined }),
  );
});
afterEach(() => archive.close());

async function read() {
  const { data, errors } = await run({ archive }, SOURCE);
  expect(errors).toEqual([]);
  return data['quarantined'] as readonly { readonly id: string }[];
}

describe('quarantine', () => {
  it('shows an admin each row with what is wrong with it', async () => {
    expect(await read()).toEqual([
      {
        id: expect.any(String),
        account: { id: 'vp-main' },
        kind: 'BET',
        span: { from: iso(interval.from), to: iso(interval.to) },
        reason: 'winAmt: expected an amount, got "1,5"',
        raw,
        firstSeenAt: iso(NOON),
        lastSeenAt: iso(NOON),
        timesSeen: 1,
      },
    ]);
  });

  it('lets go of what an admin accepts, once', async () => {
    const [row] = await read();
    const accept = 'mutation ($ids: [ID!]!) { acceptQuarantined(ids: $ids) }';
    const ids = [row?.id, 'no such row'];
    expect((await run({ archive }, accept, { ids })).data).toEqual({ acceptQuarantined: 1 });
    expect((await run({ archive }, accept, { ids })).data).toEqual({ acceptQuarantined: 0 });
    expect(await read()).toEqual([]);
    const [part] = await archive.ledger({ account: 'vp-main', kind: 'BET' }, interval);
    expect(part?.quarantined).toBe(0);
  });

  it('shows no record without the right to see it', async () => {
    const { data } = await run({ archive, viewer: { readsRaw: false } }, '{ quarantined { raw } }');
    expect(data['quarantined']).toEqual([{ raw: null }]);
  });

  it('refuses whoever is no admin before anything is read', async () => {
    const surroundings = { archive: createUntouchedArchive(), viewer: { administers: false } };
    for (const source of [SOURCE, 'mutation { acceptQuarantined(ids: ["x"]) }']) {
      const { errors } = await run(surroundings, source);
      expect(errors.map(({ code }) => code)).toEqual(['FORBIDDEN']);
    }
  });

  it.each([
    ['{ quarantined(accounts: ["no-such"]) { id } }', 'accounts: no account "no-such"'],
    ['mutation { acceptQuarantined(ids: []) }', 'ids: expected at least one value'],
  ])('refuses %s', async (source, message) => {
    const { errors } = await run({ archive }, source);
    expect(errors).toEqual([{ message: expect.stringContaining(message), code: 'BAD_USER_INPUT' }]);
  });
});
