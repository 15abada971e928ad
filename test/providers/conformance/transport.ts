import { createServer, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { TlsOptions } from 'node:tls';
import { expect } from 'vitest';
import type { Fault } from '../../../src/sandbox/fault.ts';
import { drip, type FaultName, gzipBomb, hugeBody, redirect } from '../../../src/sandbox/faults.ts';
import { selfSigned } from './certificate.ts';
import type { FaultRow, Stage, Trial } from './fault-row.ts';
import { createFront } from './front.ts';
import type { HarnessOptions } from './harness.ts';

const ALWAYS = Number.POSITIVE_INFINITY;
const impatient: HarnessOptions = { limits: { timeout: 250 } };

/** Once: the call is repeated and nobody notices but the one who waits. */
function passes(faults: readonly (Fault | FaultName)[], options?: HarnessOptions): Trial {
  return async ({ open }) => {
    const harness = await open(options);
    for (const fault of faults) harness.inject(fault);
    const { coverage } = await harness.ask();
    expect(coverage).toMatchObject({ complete: true, gaps: [] });
    expect(harness.failures).toEqual([]);
    expect(harness.calls()).toHaveLength(faults.length + 1);
    expect(harness.commits).toHaveLength(1);
    await harness.heals();
  };
}

/** For ever: a gap that says why, no row, no part of one; it heals when the fault stops. */
function leavesGap(fault: Fault | FaultName, gap: object, aside: number, options?: HarnessOptions): Trial {
  return async ({ open }) => {
    const harness = await open({ ...options, limits: { maxAttempts: 2, ...options?.limits } });
    harness.inject(fault, ALWAYS);
    const { coverage, held } = await harness.ask();
    expect(coverage).toMatchObject({ complete: false, gaps: [{ ...harness.range, ...gap }] });
    expect(coverage.gaps[0]?.retryAt).toBeGreaterThan(harness.clock.now());
    expect(held).toEqual([]);
    expect(await harness.stored()).toEqual([]);
    expect(await harness.quarantined()).toHaveLength(aside);
    await harness.holds();
    await harness.heals();
  };
}

async function survivesHour({ open }: Stage): Promise<void> {
  const harness = await open({ limits: { maxAttempts: 2 } });
  harness.inject('unavailable', ALWAYS);
  const { coverage } = await harness.ask();
  expect(coverage.gaps).toMatchObject([{ reason: 'PROVIDER_ERROR' }]);
  for (let third = 0; third < 3; third += 1) {
    harness.clock.leap(20 * 60_000);
    const [mine, theirs] = await Promise.all([harness.ask(), harness.ask({ feed: harness.neighbour })]);
    expect(mine.coverage.gaps).toMatchObject([{ reason: 'PROVIDER_ERROR' }]);
    expect(theirs.coverage.complete).toBe(true);
  }
  expect(harness.filler.health(harness.feed)).toMatchObject({ state: 'FAILING', lastSuccessAt: null });
  expect(harness.calls().length).toBeLessThanOrEqual(4 * 2);
  await harness.holds();
  await harness.heals();
  expect(harness.filler.health(harness.feed).state).toBe('OK');
}

async function outlivesRefusal({ open, after }: Stage): Promise<void> {
  let front: Awaited<ReturnType<typeof createFront>> | undefined;
  const harness = await open({
    limits: { maxAttempts: 2 },
    async front(port) {
      front = await createFront(port);
      return `http://127.0.0.1:${front.port}`;
    },
  });
  after(async () => front?.shut());
  await front?.shut();
  const { coverage } = await harness.ask();
  expect(coverage.gaps).toMatchObject([
    { reason: 'PROVIDER_ERROR', message: expect.stringContaining('ECONN') },
  ]);
  await front?.open();
  await harness.heals();
}

/** The other side is not who it should be: nothing is told to it, and no repetition mends it. */
function refusesTls(options: () => TlsOptions, code: string): Trial {
  return async ({ open, after }) => {
    const harness = await open({
      async front(port) {
        const front = await createFront(port, options());
        after(() => front.shut());
        return `https://127.0.0.1:${front.port}`;
      },
    });
    const { coverage, held } = await harness.ask();
    expect(coverage.gaps).toMatchObject([{ ...harness.range, ...error(code) }]);
    expect(held).toEqual([]);
    expect(harness.calls()).toEqual([]);
    expect(harness.failures).toHaveLength(1);
    await harness.holds();
  };
}

async function freesSocket({ open }: Stage): Promise<void> {
  const harness = await open(impatient);
  const sockets: Socket[] = [];
  harness.inject({ does: 'never answers', play: ({ request }) => void sockets.push(request.socket) });
  expect((await harness.ask()).coverage.complete).toBe(true);
  expect(harness.attempts.map(({ upstreamCode }) => upstreamCode)).toContain('TIMEOUT');
  await expect.poll(() => sockets.map((socket) => socket.destroyed)).toEqual([true]);
  await harness.heals();
}

async function refusesRedirect({ open, after }: Stage): Promise<void> {
  const elsewhere: string[] = [];
  const server: Server = createServer((request, response) => {
    elsewhere.push(request.url ?? '');
    response.end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  after(() => new Promise((resolve) => server.close(() => resolve())));
  const { port } = server.address() as AddressInfo;
  await leavesGap(
    redirect(`http://127.0.0.1:${port}/steal`),
    {
      reason: 'PROVIDER_ERROR',
      message: expect.stringContaining('redirect'),
    },
    0,
  )({ open, after } as Stage);
  expect(elsewhere).toEqual([]);
}

/** Too large an answer is asked for again in halves. */
function halves(fault: Fault): Trial {
  return async ({ open }) => {
    const harness = await open({ maxBodyBytes: 1_048_576 });
    harness.inject(fault);
    expect((await harness.ask()).coverage).toMatchObject({ complete: true, gaps: [] });
    expect(harness.calls()).toHaveLength(3);
    await harness.heals();
  };
}

async function halvesAtCap({ open, under }: Stage): Promise<void> {
  const harness = await open(under.pageOption === null ? { limits: { rowCap: 15 } } : { pageSize: 15 });
  expect((await harness.ask()).coverage).toMatchObject({ complete: true, gaps: [] });
  expect(harness.calls().length).toBeGreaterThan(1);
  await harness.heals();
}

const DAY = 86_400_000;

const certificate = () =>
  selfSigned({
    host: '127.0.0.1',
    notBefore: new Date(Date.now() - DAY),
    notAfter: new Date(Date.now() + DAY),
  });

const error = (code: string) => ({ reason: 'PROVIDER_ERROR', message: expect.stringContaining(code) });

export const transport: readonly FaultRow[] = [
  {
    id: 1,
    fault: '500, 502, 503, 504 once',
    trials: {
      'the call is repeated, no gap': passes([
        'internalError',
        'badGateway',
        'unavailable',
        'gatewayTimeout',
      ]),
    },
  },
  {
    id: 2,
    fault: '5xx for an hour',
    trials: { 'few calls, other providers unaffected, whole again afterwards': survivesHour },
  },
  { id: 6, fault: 'connection refused', trials: { 'a gap that says so, no crash': outlivesRefusal } },
  {
    id: 7,
    fault: 'accepts and never answers',
    trials: { 'given up in time, the socket freed': freesSocket },
  },
  {
    id: 8,
    fault: 'a slow drip of bytes',
    trials: { 'the deadline of the whole answer ends it': passes([drip(10)], impatient) },
  },
  {
    id: 9,
    fault: 'reset, closed or silent in mid-body',
    trials: {
      'half an answer is discarded, the same asked again': passes(
        ['resetMidBody', 'closeMidBody', 'hangMidBody'],
        impatient,
      ),
    },
  },
  {
    id: 10,
    fault: 'truncated JSON',
    trials: {
      'asked again': passes(['truncatedJson', 'empty']),
      'set aside whole when it stays so, no row of it kept': leavesGap(
        'truncatedJson',
        { reason: 'QUARANTINED' },
        1,
      ),
    },
  },
  {
    id: 11,
    fault: 'truncated gzip',
    trials: {
      'asked again': passes(['truncatedGzip', 'notGzip']),
      'a gap when it stays so, no row of it kept': leavesGap('truncatedGzip', error('Z_'), 0),
    },
  },
  {
    id: 12,
    fault: 'a page of HTML with HTTP 200',
    trials: {
      'asked again': passes(['html']),
      'never parsed, never told': leavesGap(
        'html',
        { reason: 'PROVIDER_ERROR', message: expect.not.stringContaining('denied') },
        0,
      ),
    },
  },
  {
    id: 13,
    fault: 'byte order mark, invalid UTF-8',
    trials: {
      'a mark is stripped': async ({ open }) => {
        const harness = await open();
        harness.inject('bom');
        await harness.ask();
        expect(harness.calls()).toHaveLength(1);
        await harness.heals();
      },
      'invalid bytes are asked for again': passes(['invalidUtf8']),
      'and set aside when they stay': leavesGap('invalidUtf8', { reason: 'QUARANTINED' }, 1),
    },
  },
  {
    id: 38,
    fault: 'TLS that cannot be trusted',
    trials: {
      'a certificate signed by nobody known: refused, with a clear message': refusesTls(
        () => certificate(),
        'SELF_SIGNED',
      ),
      'a protocol of old: refused, with a clear message': refusesTls(
        () => ({ ...certificate(), minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'ALL@SECLEVEL=0' }),
        'SSL',
      ),
    },
  },
  { id: 39, fault: 'a redirect to another host', trials: { 'refused, nothing sent on': refusesRedirect } },
  {
    id: 40,
    fault: 'a huge body, a gzip bomb, too many rows',
    trials: {
      'a huge body is asked for in halves': halves(hugeBody(2)),
      'so is what decodes to one': halves(gzipBomb(3)),
      'so are more rows than an answer holds': halvesAtCap,
    },
  },
];
