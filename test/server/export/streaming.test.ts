import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readdir } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { afterEach, describe, expect, it } from 'vitest';
import type { Archive } from '../../../src/archive/archive.ts';
import type { Bet, Stored } from '../../../src/records/record.ts';
import { complete, createBet, createCommit, NOON } from '../../graph/harness.ts';
import { deferred } from '../harness.ts';
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
  // Nothing makes it shorter: a reader's buffers are to fill up, compressed as they are.
  const raw = randomBytes(750).toString('base64');
  const { formerKey: _, ...bet } = createBet(key, NOON, { raw });
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

  it.each(['identity', 'gzip'])('breaks off a reader who takes no byte, in %s', async (encoding) => {
    const source = endless();
    const opened = await harness({ archive: source.archive, settings: { stallTimeout: '100ms' } });
    const { hostname, port } = new URL(opened.url);
    const socket = connect(Number(port), hostname).pause();
    const closed = once(socket, 'close');
    socket.on('error', () => {});
    const head = `Host: x\r\nAccept-Encoding: ${encoding}\r\n\r\n`;
    socket.write(`GET /export/bets.csv?${day}&raw=true HTTP/1.1\r\n${head}`);
    await source.abandoned;
    await expect.poll(() => opened.audited).toMatchObject([{ operation: 'bets.csv', error: 'STALLED' }]);
    socket.resume();
    await closed;
  });

  it('leaves a reader alone who waits for the archive', async () => {
    const bytes = deferred<void>();
    async function* stream() {
      yield [storedBet('b1')];
      await bytes.promise;
      yield [storedBet('b2')];
    }
    const opened = await harness({
      archive: { stream: stream as unknown as Archive['stream'] },
      settings: { stallTimeout: '1ms' },
    });
    const response = await opened.get(`/export/bets.csv?${day}`, {
      headers: { 'accept-encoding': 'identity' },
    });
    const reader = response.body!.getReader();
    await reader.read();
    // Several times as long as a reader may take nothing.
    const { hostname, port } = new URL(opened.url);
    for (let turn = 0; turn < 20; turn += 1) await (await fetch(`http://${hostname}:${port}/x`)).text();
    bytes.resolve();
    let rest = '';
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      rest += new TextDecoder().decode(part.value);
    }
    expect(rest).toContain('b2');
  });

  it('says 503 before it begins where a key has as many exports under way as it may', async () => {
    const source = endless();
    const opened = await harness({ archive: source.archive });
    const path = `/export/bets.csv?${day}&raw=true`;
    const leaving = Array.from({ length: 4 }, () => new AbortController());
    const unread = await Promise.all(leaving.map(({ signal }) => opened.get(path, { signal })));
    expect(unread.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    const refused = await opened.get(path, { headers: { 'accept-encoding': 'gzip' } });
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '10']);
    expect(await refused.json()).toMatchObject({ error: { code: 'BUSY' } });
    expect((await opened.get(path, { method: 'HEAD' })).status).toBe(200);
    // For its length the file is made.
    expect((await opened.get(`/export/bets.parquet?${day}`, { method: 'HEAD' })).status).toBe(503);
    leaving[0]!.abort();
    await expect.poll(() => opened.audited.some(({ error }) => error === 'ABORTED')).toBe(true);
    const next = new AbortController();
    expect((await opened.get(path, { signal: next.signal })).status).toBe(200);
    for (const each of [next, ...leaving]) each.abort();
  });

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
      // What fails before its first byte has left is a 500.
      const read = response.text().then(
        () => true,
        () => false,
      );
      expect([encoding, response.ok && (await read)]).toEqual([encoding, false]);
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
