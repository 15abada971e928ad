import { expect, it } from 'vitest';
import { check } from '../../src/commands/check.ts';
import { createWorld, openHarness } from './harness.ts';

interface Row {
  readonly account: string;
  readonly kind: string;
  readonly ok: boolean;
  readonly problem: string | null;
  readonly remedy: string | null;
  readonly mend: string | null;
}

async function checked(harness: Awaited<ReturnType<typeof openHarness>>) {
  const io = createWorld();
  const code = await check({ config: harness.config, json: true, io });
  return { code, rows: JSON.parse(io.out()) as readonly Row[] };
}

it('finds every feed of healthy accounts well', async () => {
  const { code, rows } = await checked(await openHarness(['ebet', 'vertexplay', 'hotroad', 'oneapi']));
  expect(rows.map(({ account, kind, ok, problem }) => [account, kind, ok, problem])).toEqual([
    ['ebet-main', 'SEQ_NO_FAILURE', true, null],
    ['vertexplay-main', 'BET', true, null],
    ['hotroad-main', 'BET', true, null],
    ['hotroad-main', 'TRANSFER', true, null],
    ['oneapi-main', 'BET', true, null],
  ]);
  expect(code).toBe(0);
});

it('says what is wrong with refused credentials, what to do about it, and not what they are', async () => {
  const secret = 'canary-not-the-password';
  const harness = await openHarness(['vertexplay', 'hotroad'], (file) => ({
    ...file,
    accounts: (file['accounts'] as { readonly id: string; readonly credentials: object }[]).map((account) =>
      account.id === 'hotroad-main'
        ? { ...account, credentials: { ...account.credentials, password: secret } }
        : account,
    ),
  }));
  const { code, rows } = await checked(harness);
  expect(code).toBe(1);
  expect(rows.map(({ ok }) => ok)).toEqual([true, false, false]);
  expect(rows[1]?.remedy).toMatch(/check the credentials/);
  expect(rows.map(({ mend }) => mend)).toEqual(rows.map(({ remedy }) => remedy));
  expect(JSON.stringify(rows)).not.toContain(secret);
});

it('tells a provider that is down from one that is slow to be asked again', async () => {
  const down = await openHarness(['oneapi']);
  await down.host.close();
  const { code, rows } = await checked(down);
  expect(code).toBe(1);
  expect(rows[0]?.problem).toMatch(/^oneapi-main: /);
  expect(rows[0]?.remedy).toMatch(/check baseUrl/);

  const slow = await openHarness(['vertexplay']);
  slow.host.inject('vertexplay', 'tooManyRequests', 1, '/v2/betlogs');
  const found = await checked(slow);
  expect(found.code).toBe(1);
  expect(found.rows[0]?.remedy).toMatch(/raise limits\.minInterval/);
});

it('prints a row a feed, and opens no archive', async () => {
  const harness = await openHarness(['ebet']);
  const io = createWorld();
  expect(await check({ config: harness.config, json: false, io })).toBe(0);
  expect(io.out()).toMatch(/ebet-main\s+│ SEQ_NO_FAILURE │ ok/);
});
