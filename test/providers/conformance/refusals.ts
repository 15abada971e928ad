import { expect } from 'vitest';
import type { Fault } from '../../../src/sandbox/fault.ts';
import { answer, status, tooManyRequests } from '../../../src/sandbox/faults.ts';
import { send } from '../../../src/sandbox/send.ts';
import type { FaultRow, Stage, Trial } from './fault-row.ts';
import type { Harness } from './harness.ts';

const ALWAYS = Number.POSITIVE_INFINITY;

/** Told to slow down: the call comes again after the time said, and nothing counts as failed. */
function slowsDown(fault: Fault, atLeastMs: number): Trial {
  return async ({ open }) => {
    const harness = await open();
    harness.inject(fault);
    expect((await harness.ask()).coverage).toMatchObject({ complete: true, gaps: [] });
    const [first, second, ...more] = harness.calls();
    expect(more).toEqual([]);
    const waited = second!.at - first!.at;
    expect(waited).toBeGreaterThanOrEqual(atLeastMs);
    expect(harness.attempts.map(({ outcome }) => outcome)).toContain('slowDown');
    expect(harness.failures).toEqual([]);
    expect(harness.filler.health(harness.feed).state).toBe('OK');
    await harness.heals();
  };
}

async function obeysCodes({ open, under }: Stage): Promise<void> {
  const harness = await open();
  for (const body of under.rateLimits) harness.inject(answer(body));
  expect((await harness.ask()).coverage).toMatchObject({ complete: true, gaps: [] });
  expect(harness.calls()).toHaveLength(under.rateLimits.length + 1);
  expect(harness.attempts.filter(({ outcome }) => outcome === 'slowDown')).toHaveLength(
    under.rateLimits.length,
  );
  expect(harness.failures).toEqual([]);
  await harness.heals();
}

async function leavesUnknownCode({ open, under }: Stage): Promise<void> {
  const harness = await open();
  harness.inject(answer(under.unknownCode.body), ALWAYS);
  const { coverage, held } = await harness.ask();
  const message = expect.stringContaining(`code ${under.unknownCode.code}`);
  expect(coverage.gaps).toMatchObject([{ ...harness.range, reason: 'PROVIDER_ERROR', message }]);
  expect(held).toEqual([]);
  expect(harness.failures).toMatchObject([{ message }]);
  expect(await harness.quarantined()).toMatchObject([{ raw: under.unknownCode.body, reason: message }]);
  await harness.ask();
  expect(harness.calls()).toHaveLength(1);
  await harness.holds();
  await harness.heals();
}

async function stops(harness: Harness, mostCalls: number): Promise<void> {
  const { coverage, held } = await harness.ask();
  expect(coverage.gaps).toMatchObject([{ ...harness.range, reason: 'CREDENTIALS_REFUSED' }]);
  expect(held).toEqual([]);
  expect(harness.filler.health(harness.feed).state).toBe('STOPPED');
  const calls = harness.attempts.length;
  expect(calls).toBeLessThanOrEqual(mostCalls);
  const elsewhere = { from: harness.range.from - 3_600_000, to: harness.range.from };
  expect((await harness.ask({ range: elsewhere })).coverage.gaps).toMatchObject([
    { ...elsewhere, reason: 'CREDENTIALS_REFUSED' },
  ]);
  expect(harness.attempts).toHaveLength(calls);
  await harness.holds();
}

function stopsAt(code: number): Trial {
  return async ({ open, under }) => {
    const harness = await open();
    harness.inject(status(code), ALWAYS);
    await stops(harness, under.login === null ? 1 : 4);
    await harness.heals();
  };
}

async function namesCause({ open, under }: Stage): Promise<void> {
  const { account, names } = under.wrongSignature!;
  const harness = await open(account());
  await stops(harness, 2);
  expect(harness.filler.health(harness.feed).message).toMatch(names);
  expect(await harness.stored()).toEqual([]);
}

/** Refuses the token it meets first, however many calls left with it, and lets every later one through. */
function endsToken(): Fault {
  let ended: string | undefined;
  return {
    does: 'answers HTTP 401 to whatever carries the token that ended',
    play(stage) {
      const token = stage.request.headers.authorization;
      ended ??= token;
      return token === ended ? status(401).play(stage) : send(stage.request, stage.response, stage.reply);
    },
  };
}

async function refreshesOnce({ open, under }: Stage): Promise<void> {
  // As many as are asked for at once before it is known how many rows a window brings.
  const harness = await open({ windows: 2 });
  await harness.ask();
  await harness.heals();
  expect(harness.calls(under.login!)).toHaveLength(1);
  harness.inject(endsToken(), ALWAYS);
  await harness.readAgain(0);
  expect(harness.calls(under.login!)).toHaveLength(2);
  expect(harness.failures).toEqual([]);
  await harness.heals();
}

async function replacesInTime({ open, under }: Stage): Promise<void> {
  const harness = await open();
  await harness.ask();
  await harness.readAgain(3_600_000);
  expect(harness.calls(under.login!)).toHaveLength(2);
  expect(harness.calls().filter(({ refused }) => refused !== null)).toEqual([]);
  await harness.heals();
}

export const refusals: readonly FaultRow[] = [
  {
    id: 3,
    fault: '429 with Retry-After',
    trials: {
      'in seconds: waited out, then whole': slowsDown(tooManyRequests(3), 3_000),
      'as a date: waited out, then whole': slowsDown(tooManyRequests(3, 'date'), 3_000),
    },
  },
  {
    id: 4,
    fault: 'a rate limit told with HTTP 200',
    trials: { 'waited out as a 429, never an empty page': obeysCodes },
    notFor: ({ rateLimits }) => (rateLimits.length === 0 ? 'its document has no such code' : null),
  },
  {
    id: 5,
    fault: 'an unknown code with HTTP 200',
    trials: { 'the window is left and reported, the answer set aside': leavesUnknownCode },
  },
  {
    id: 35,
    fault: 'a token that ends',
    trials: {
      'in mid-window: one login for all who wait, the same pages again': refreshesOnce,
      'in time: replaced before a call is refused': replacesInTime,
    },
    notFor: ({ login }) => (login === null ? 'it has no session' : null),
  },
  {
    id: 36,
    fault: 'credentials refused (401, 403)',
    trials: {
      '401 stops the account, which is not hammered': stopsAt(401),
      '403 stops the account, which is not hammered': stopsAt(403),
    },
  },
  {
    id: 37,
    fault: 'a signature refused',
    trials: { 'stops the account; the message names the cause, never the key': namesCause },
    notFor: ({ wrongSignature }) => (wrongSignature === null ? 'it signs nothing' : null),
  },
];
