import { expect, it } from 'vitest';
import { readFeed } from '../../src/commands/arguments.ts';
import { reread } from '../../src/commands/reread.ts';
import { serve } from '../../src/commands/serve.ts';
import { steer } from '../../src/commands/steer.ts';
import { createWorld, openHarness, someHour } from './harness.ts';

it('pauses, resumes and rereads through the serve that holds the archive', async () => {
  const { config, sandboxes } = await openHarness(['hotroad'], (file) => ({
    ...file,
    sync: { enabled: false },
  }));
  const feed = { config, account: 'hotroad-main', kind: 'TRANSFER', range: someHour() } as const;
  const server = createWorld();
  const serving = serve({ config, port: 0, io: server });
  await server.until('countroom answers at http://127.0.0.1:');
  const calls = () => sandboxes['hotroad']!.calls.length;
  const again = async () => {
    const io = createWorld();
    const before = calls();
    const code = await reread({ ...feed, io });
    return { code, asked: calls() - before, out: io.out(), err: io.err() };
  };

  const first = await again();
  expect(first).toMatchObject({ code: 0, out: 'hotroad-main TRANSFER: all was read again\n' });
  expect(first.asked).toBeGreaterThan(0);
  // What is held now is read again all the same.
  expect(await again()).toMatchObject({ code: 0, asked: first.asked });

  const io = createWorld();
  expect(await steer({ config, account: feed.account, to: 'pause', io })).toBe(0);
  expect(await again()).toMatchObject({
    code: 1,
    asked: 0,
    out: '',
    err: expect.stringContaining('PENDING (hotroad-main: paused by an admin'),
  });
  expect(await steer({ config, account: feed.account, to: 'resume', io })).toBe(0);
  expect(io.out()).toBe(
    'hotroad-main: paused, asked nothing until it is resumed\nhotroad-main: asked again\n',
  );
  expect(await again()).toMatchObject({ code: 0, asked: first.asked });

  server.stop();
  expect(await serving).toBe(0);
});

it('says so where no gateway runs that could be told', async () => {
  const { config } = await openHarness(['ebet']);
  const ask = { config, account: 'ebet-main', to: 'pause', io: createWorld() } as const;
  await expect(steer(ask)).rejects.toThrow('no gateway runs on duckdb:');
});

it('names the kinds of an account that has not the one asked for', async () => {
  const { config } = await openHarness(['hotroad']);
  expect(readFeed({ account: 'hotroad-main', kind: 'bet' }, config)).toEqual({
    account: 'hotroad-main',
    kind: 'BET',
  });
  expect(() => readFeed({ account: 'hotroad-main', kind: 'SEQ_NO_FAILURE' }, config)).toThrow(
    '--kind: account hotroad-main has no feed of SEQ_NO_FAILURE, expected BET or TRANSFER',
  );
});
