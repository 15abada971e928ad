import { afterEach, describe, expect, it } from 'vitest';
import type { Archive } from '../../../src/archive/archive.ts';
import { createDuckDbArchive } from '../../../src/archive/duckdb/index.ts';
import { createBet, createCommit, MINUTE, NOON } from '../../graph/harness.ts';
import { type Harness, openHarness } from './harness.ts';

const day = 'from=2026-11-21&to=2026-11-22';
const bets = Array.from({ length: 1_200 }, (_, at) => createBet(`b${at}`, NOON - at * 1_000));
const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

interface Line {
  readonly level: number;
  readonly msg: string;
  readonly err?: { readonly message: string };
}

/** A gateway whose archive does in part as it is told, and the errors it logs. */
async function open(change: (archive: Archive) => Partial<Archive>) {
  const archive = await createDuckDbArchive({
    path: ':memory:',
    playerOf: (_, name) => name,
    clock: () => NOON,
  });
  await archive.commit(createCommit('vp-main', 'BET', bets));
  const lines: Line[] = [];
  const harness: Harness = await openHarness({
    archive: { ...archive, close: async () => {}, ...change(archive) },
    log: (line) => lines.push(JSON.parse(line) as Line),
  });
  closing.push(
    () => archive.close(),
    () => harness.close(),
  );
  return { harness, errors: () => lines.filter(({ level }) => level >= 50) };
}

/** Lines of which the first come, and the others end with the engine's error. */
async function* breaking() {
  yield { count: 1, bytes: Buffer.from('one\r\n') };
  throw new Error('disk I/O error');
}

/** Whether an export came to its end; it may break off before its first byte, and is then a 500. */
async function isWhole(harness: Harness, path: string, encoding = 'identity'): Promise<boolean> {
  try {
    const response = await harness.get(`/export/${path}`, { headers: { 'accept-encoding': encoding } });
    await response.text();
    return response.ok;
  } catch {
    return false;
  }
}

const told = expect.objectContaining({
  msg: 'an export broke off: its rows could not be read',
  err: expect.objectContaining({ message: 'disk I/O error' }),
});

describe('an error of the engine', () => {
  it.each(['identity', 'gzip'])(
    'half way through rows is logged, and breaks the answer off, in %s',
    async (encoding) => {
      const { harness, errors } = await open(() => ({ writeLines: breaking }));
      expect(await isWhole(harness, `bets.csv?${day}`, encoding)).toBe(false);
      await expect.poll(errors).toContainEqual(told);
      await expect
        .poll(() => harness.audited)
        .toMatchObject([{ operation: 'bets.csv', error: 'INTERNAL_SERVER_ERROR' }]);
    },
  );

  it('half way through changes is logged as well', async () => {
    let pages = 0;
    const { harness, errors } = await open((archive) => ({
      changes: async (query) => {
        pages += 1;
        if (pages > 1) throw new Error('disk I/O error');
        return archive.changes(query);
      },
    }));
    expect(await isWhole(harness, 'changes.ndjson')).toBe(false);
    await expect.poll(errors).toContainEqual(told);
    await expect
      .poll(() => harness.audited)
      .toMatchObject([{ operation: 'changes.ndjson', error: 'INTERNAL_SERVER_ERROR' }]);
  });

  it.each(['parquet', 'xlsx'])('while a file is made is logged, and is a 500 of %s', async (format) => {
    const fail = async () => {
      throw new Error('disk I/O error');
    };
    const { harness, errors } = await open(() => ({ writeParquet: fail, count: fail }));
    const response = await harness.get(`/export/bets.${format}?${day}`);
    expect([response.status, await response.json()]).toMatchObject([
      500,
      { error: { code: 'INTERNAL_SERVER_ERROR' } },
    ]);
    await expect.poll(errors).toMatchObject([{ msg: 'failed', err: { message: 'disk I/O error' } }]);
  });
});

it(
  'a client that leaves half way is no error',
  async () => {
    let left = () => {};
    const gone = new Promise<void>((resolve) => {
      left = resolve;
    });
    async function* endless() {
      try {
        for (;;) yield { count: 1, bytes: Buffer.alloc(64 * 1024, 'x') };
      } finally {
        left();
      }
    }
    const { harness, errors } = await open(() => ({ writeLines: endless }));
    const response = await harness.get(`/export/bets.csv?${day}`);
    const reader = response.body!.getReader();
    await reader.read();
    await reader.cancel();
    await gone;
    await expect.poll(() => harness.audited).toMatchObject([{ operation: 'bets.csv', error: 'ABORTED' }]);
    expect(errors()).toEqual([]);
  },
  MINUTE,
);
