import { readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { afterEach, describe, expect, it } from 'vitest';
import type { Archive } from '../../../src/archive/archive.ts';
import type { Bet, Stored } from '../../../src/records/record.ts';
import { complete, createBet, createCommit, NOON } from '../../graph/harness.ts';
import { type Harness, type HarnessOptions, openHarness } from './harness.ts';

const harnesses: Harness[] = [];
afterEach(async () => {
  await Promise.all(harnesses.splice(0).map((harness) => harness.close()));
});

async function harness(options?: HarnessOptions): Promise<Harness> {
  const opened = await openHarness(options);
  harnesses.push(opened);
  return opened;
}

const day = 'from=2026-11-21&to=2026-11-22';

function storedBet(key: string): Stored<Bet> {
  const { formerKey: _, ...bet } = createBet(key, NOON, { raw: 'x'.repeat(1_000) });
  const times = { countedAt: NOON, archivedAt: NOON, firstArchivedAt: NOON };
  return {
    ...bet,
    ...times,
    account: 'vp-main',
    provider: 'vertexplay',
    vanishedAt: null,
    withdrawnAt: null,
  };
}

/** An archive whose stream never ends, and tells how many batches were taken and when it was left. */
function endless() {
  const batch = Array.from({ length: 500 }, (_, at) => storedBet(`b${at}`));
  let taken = 0;
  let left: () => void = () => {};
  const abandoned = new Promise<void>((resolve) => {
    left = resolve;
  });
  async function* stream() {
    try {
      for (;;) {
        taken += 1;
        yield batch;
      }
    } finally {
      left();
    }
  }
  return { archive: { stream: stream as unknown as Archive['stream'] }, abandoned, taken: () => taken };
}

async function exportFolders(): Promise<readonly string[]> {
  return (await readdir(tmpdir())).filter((name) => name.startsWith('countroom-export-'));
}

describe('streaming', () => {
  it.each(['bets.csv', 'bets.ndjson'])(
    'reads %s no faster than the client, and stops when it leaves',
    async (name) => {
      const source = endless();
      const opened = await harness({ archive: source.archive });
      const response = await opened.get(`/export/${name}?${day}&raw=true`);
      const reader = response.body!.getReader();
      await reader.read();
      await reader.cancel();
      await source.abandoned;
      // What the sockets' buffers on both sides take is a few MB; the stream itself would never have ended.
      expect(source.taken()).toBeLessThan(100);
      await expect
        .poll(() => opened.audited)
        .toMatchObject([{ route: 'export', operation: name, error: 'ABORTED' }]);
    },
  );

  it('stops making a Parquet file when the client leaves, and leaves no file behind', async () => {
    const source = endless();
    const opened = await harness({ archive: source.archive });
    const before = await exportFolders();
    const leaving = new AbortController();
    const response = opened.get(`/export/bets.parquet?${day}`, { signal: leaving.signal });
    await expect.poll(() => source.taken()).toBeGreaterThan(1);
    leaving.abort();
    await expect(response).rejects.toThrow();
    await source.abandoned;
    await expect.poll(exportFolders).toEqual(before);
  });

  it('breaks the transfer off where reading fails half way, so that a part is never taken for the whole', async () => {
    async function* stream() {
      yield Array.from({ length: 500 }, (_, at) => storedBet(`b${at}`));
      throw new Error('the disk is gone');
    }
    const opened = await harness({ archive: { stream: stream as unknown as Archive['stream'] } });
    for (const encoding of ['identity', 'gzip']) {
      const response = await opened.get(`/export/bets.csv?${day}`, {
        headers: { 'accept-encoding': encoding },
      });
      await expect(response.text()).rejects.toThrow();
    }
  });

  it('says in the audit log how many rows were given', async () => {
    const opened = await harness({
      commits: [createCommit('vp-main', 'BET', [createBet('b1', NOON), createBet('b2', NOON)])],
    });
    await (await opened.get(`/export/bets.csv?${day}`)).text();
    await expect.poll(() => opened.audited).toMatchObject([{ operation: 'bets.csv', rows: 2, error: null }]);
  });

  it.each([
    ['HEAD', `/export/bets.csv?${day}`, { operation: 'bets.csv', rows: 0, error: null }],
    [
      'GET',
      '/export/bets.csv?from=2026-11-01',
      { operation: 'bets.csv', cost: null, error: 'BAD_USER_INPUT' },
    ],
    ['GET', '/odata/v4/Bets?$top=1', { operation: 'Bets', rows: 1, cost: 1_000, error: null }],
    ['HEAD', '/odata/v4/Bets', { operation: 'Bets', error: null }],
    ['GET', '/odata/v4/Nothing', { operation: null, error: 'BAD_USER_INPUT' }],
  ])('says in the trail whatever was let in: %s %s', async (method, path, line) => {
    const opened = await harness({ commits: [createCommit('vp-main', 'BET', [createBet('b1', NOON)])] });
    await (await opened.get(path, { method })).text();
    await expect.poll(() => opened.audited).toMatchObject([line]);
  });

  it('says in the audit log that an export was refused as incomplete', async () => {
    const gaps = [
      {
        account: 'vp-main',
        kind: 'BET' as const,
        from: NOON,
        to: NOON + 1,
        reason: 'PENDING' as const,
        retryAt: null,
        message: null,
      },
    ];
    const opened = await harness({ coverage: { ...complete, complete: false, gaps } });
    expect((await opened.get(`/export/bets.csv?${day}&complete=required`)).status).toBe(409);
    await expect.poll(() => opened.audited).toMatchObject([{ operation: 'bets.csv', error: 'INCOMPLETE' }]);
  });
});

describe('caching', () => {
  const final = { ...complete, final: true };
  let rows = 'first';
  const archive = {
    fingerprint: async () => rows,
    async *stream() {
      yield [storedBet(rows)];
    },
  } as unknown as Partial<Archive>;

  it('answers 304 for a final range whose rows are the same', async () => {
    const opened = await harness({ archive, coverage: final });
    const first = await opened.get(`/export/bets.csv?${day}`);
    const etag = first.headers.get('etag')!;
    await first.text();
    const again = await opened.get(`/export/bets.csv?${day}`, { headers: { 'if-none-match': etag } });
    expect([again.status, await again.text()]).toEqual([304, '']);
    const other = await opened.get(`/export/bets.csv?${day}&columns=id`, {
      headers: { 'if-none-match': etag },
    });
    expect(other.status).toBe(200);
  });

  it('answers anew once a row of the range was replaced', async () => {
    const opened = await harness({ archive, coverage: final });
    const etag = (await opened.get(`/export/bets.csv?${day}`)).headers.get('etag')!;
    rows = 'second';
    const again = await opened.get(`/export/bets.csv?${day}`, { headers: { 'if-none-match': etag } });
    expect(again.status).toBe(200);
    expect(again.headers.get('etag')).not.toBe(etag);
  });

  it('gives no ETag for a range that may still change', async () => {
    const opened = await harness({ archive, coverage: complete });
    expect((await opened.get(`/export/bets.csv?${day}`)).headers.get('etag')).toBeNull();
  });
});
