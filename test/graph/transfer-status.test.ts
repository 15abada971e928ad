import { afterEach, describe, expect, it } from 'vitest';
import type { Archive } from '../../src/archive/archive.ts';
import { createDuckDbArchive } from '../../src/archive/duckdb/index.ts';
import type { Gap } from '../../src/records/coverage.ts';
import {
  complete,
  createCommit,
  createTransfer,
  iso,
  MINUTE,
  NOON,
  run,
  type Surroundings,
} from './harness.ts';

const SENT = NOON;
const searched = { from: SENT - 5 * MINUTE, to: SENT + 10 * MINUTE };
const LATE = searched.to + 2 * MINUTE;

const open: Archive[] = [];
afterEach(() => Promise.all(open.splice(0).map((archive) => archive.close())));

async function createArchive(): Promise<Archive> {
  const archive = await createDuckDbArchive({ path: ':memory:', playerOf: (_account, username) => username });
  open.push(archive);
  return archive;
}

/** As a filler would: reads what is asked for when it is asked for. */
function reading(
  archive: Archive,
  parts: Parameters<typeof createCommit<'TRANSFER'>>[3],
  codes: readonly string[] = [],
) {
  const rows = codes.map((code) => createTransfer(code, SENT + 1_000));
  return async () => {
    await archive.commit(
      createCommit('hrg-main', 'TRANSFER', rows, { interval: searched, readAt: LATE, ...parts }),
    );
  };
}

async function verdict(surroundings: Surroundings) {
  const { data, errors, asks } = await run(
    { clock: () => LATE, ...surroundings },
    `{ transferStatus(account: "hrg-main", transactionCode: "t1", sentAt: "${iso(SENT)}") {
         state transfer { transactionCode } searched { from to } provenAt retryAt } }`,
  );
  expect(errors).toEqual([]);
  expect(asks.flatMap((ask) => ask.feeds.map(({ account, kind }) => [account.id, kind]))).toEqual(
    asks.map(() => ['hrg-main', 'TRANSFER']),
  );
  const answer = data['transferStatus'] as Record<string, unknown>;
  expect(answer['searched']).toEqual({ from: iso(searched.from), to: iso(searched.to) });
  return { ...answer, searched: undefined, calls: asks.length };
}

const nothing = { transfer: null, provenAt: null, retryAt: null, calls: 1 };

describe('transferStatus', () => {
  it('is ARRIVED at once where the transfer is archived', async () => {
    const archive = await createArchive();
    await archive.commit(createCommit('hrg-main', 'TRANSFER', [createTransfer('t1', SENT - 60 * MINUTE)]));
    expect(await verdict({ archive })).toEqual({
      ...nothing,
      state: 'ARRIVED',
      transfer: { transactionCode: 't1' },
      calls: 0,
    });
  });

  it('is ARRIVED where the search brings it', async () => {
    const archive = await createArchive();
    const answer = await verdict({ archive, onCover: reading(archive, {}, ['t1']) });
    expect(answer).toEqual({ ...nothing, state: 'ARRIVED', transfer: { transactionCode: 't1' } });
  });

  it('is NOT_ARRIVED where all of the span was read late enough', async () => {
    const archive = await createArchive();
    const answer = await verdict({ archive, onCover: reading(archive, {}, ['t2']) });
    expect(answer).toEqual({ ...nothing, state: 'NOT_ARRIVED', provenAt: iso(LATE) });
  });

  it('is NOT_YET_KNOWN where it was read too early, until it can be held', async () => {
    const archive = await createArchive();
    const readAt = searched.to + MINUTE;
    const answer = await verdict({ archive, clock: () => readAt, onCover: reading(archive, { readAt }) });
    expect(answer).toEqual({ ...nothing, state: 'NOT_YET_KNOWN', retryAt: iso(LATE) });
  });

  it('is NOT_YET_KNOWN where a part was not read', async () => {
    const archive = await createArchive();
    const part = { from: searched.from + 1, to: searched.to };
    const gap: Gap = {
      account: 'hrg-main',
      kind: 'TRANSFER',
      from: searched.from,
      to: searched.from + 1,
      reason: 'PROVIDER_ERROR',
      retryAt: LATE + 5_000,
      message: null,
    };
    const coverage = { ...complete, complete: false, gaps: [gap] };
    const answer = await verdict({ archive, coverage, onCover: reading(archive, { interval: part }) });
    expect(answer).toEqual({ ...nothing, state: 'NOT_YET_KNOWN', retryAt: iso(LATE + 5_000) });
  });

  it('is NOT_YET_KNOWN where a row of the span could not be read', async () => {
    const archive = await createArchive();
    const quarantined = [{ reason: 'amount: not a decimal number', raw: '{}' }];
    const answer = await verdict({ archive, onCover: reading(archive, { quarantined }) });
    expect(answer).toMatchObject({ state: 'NOT_YET_KNOWN', provenAt: null });
  });
});
