import { expect, it } from 'vitest';
import type { FeedKey } from '../../src/archive/archive.ts';
import type { LatenessHistogram } from '../../src/records/lateness.ts';
import { createUntouchedArchive, DAY, NOON, run } from './harness.ts';

const query = `{ account(id: "vp-main") { feeds { lateness { since rows late proposedLag steps { within rows } } } } }`;

function asked(histogram: LatenessHistogram) {
  const asks: [FeedKey, number][] = [];
  const archive = {
    ...createUntouchedArchive(),
    lateness: async (feed: FeedKey, since: number) => {
      asks.push([feed, since]);
      return histogram;
    },
  };
  return { asks, answer: run({ archive }, query) };
}

it('shows how late a feed’s rows came, beside the lag it waits for and the one it could', async () => {
  const { asks, answer } = asked([
    { withinMs: 41_000, rows: 1_998 },
    { withinMs: 7_200_000, rows: 2 },
  ]);
  const since = NOON - 7.5 * DAY;
  const { data, errors } = await answer;
  expect(errors).toEqual([]);
  expect(data['account']).toEqual({
    feeds: [
      {
        lateness: {
          since: new Date(since).toISOString(),
          rows: 2_000,
          late: 2,
          proposedLag: '41s',
          steps: [
            { within: '41s', rows: 1_998 },
            { within: '2h', rows: 2 },
          ],
        },
      },
    ],
  });
  expect(asks).toEqual([[{ account: 'vp-main', kind: 'BET' }, since]]);
});

it('proposes nothing where too few rows were seen in time', async () => {
  const { answer } = asked([]);
  expect((await answer).data['account']).toMatchObject({
    feeds: [{ lateness: { rows: 0, late: 0, proposedLag: null, steps: [] } }],
  });
});

it('tells a player nothing of how many rows others have', async () => {
  const archive = createUntouchedArchive();
  const { data } = await run({ archive, viewer: { onlyPlayer: 'ann' } }, query);
  expect(data['account']).toMatchObject({ feeds: [{ lateness: { rows: 0, steps: [] } }] });
});
