import { expect, it } from 'vitest';
import { createDuckDbArchive } from '../../src/archive/duckdb/index.ts';
import { createBet, createCommit, DAY, NOON, run } from './harness.ts';

interface Page {
  readonly pageInfo: { readonly endCursor: string };
  readonly nodes: readonly unknown[];
}

it('refuses a cursor of changes that are no longer all kept, and takes one of a walk begun since', async () => {
  let now = NOON - 100 * DAY;
  const archive = await createDuckDbArchive({
    path: ':memory:',
    playerOf: (_, name) => name,
    clock: () => now,
  });
  const ask = async (args = '') => {
    const query = `{ changes(first: 1${args}) { nodes { type } pageInfo { endCursor } } }`;
    const { data, errors } = await run({ archive }, query);
    return { page: data['changes'] as Page | null, errors };
  };
  try {
    for (const [day, raw] of [
      [100, '{"v":1}'],
      [50, '{"v":2}'],
      [1, '{"v":3}'],
    ] as const) {
      now = NOON - day * DAY;
      const rows = [createBet('a', NOON - 120 * DAY, { raw, versionAt: null })];
      await archive.commit(createCommit('vp-main', 'BET', rows, { interval: null, readAt: now }));
    }
    const old = (await ask()).page?.pageInfo.endCursor;
    expect(await archive.forget({ versionsBefore: NOON - 10 * DAY, latenessBefore: 0 })).toBe(1);

    const { page, errors } = await ask(`, after: "${old}"`);
    expect(page).toBeNull();
    expect(errors).toEqual([
      {
        code: 'BAD_USER_INPUT',
        message: expect.stringMatching(/^after: the cursor has expired, changes since 2026-11-11T12:00/),
      },
    ]);
    const first = await ask();
    const second = await ask(`, after: "${first.page?.pageInfo.endCursor}"`);
    expect([first.page?.nodes, second.page?.nodes]).toEqual([[{ type: 'REPLACED' }], [{ type: 'REPLACED' }]]);
  } finally {
    await archive.close();
  }
});
