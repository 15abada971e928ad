import { expect, it } from 'vitest';
import { UpstreamError } from '../../src/errors.ts';
import { scrubConnection } from '../../src/feeds/scrubbed.ts';
import type { PageAsk } from '../../src/providers/provider.ts';
import { createScrub } from '../../src/records/scrub.ts';
import { fixedTurn } from '../../src/upstream/turn.ts';
import { NOW, type PaperOptions, paperFeed, rowAt } from './paper-provider.ts';

const secret = 'a-secret-of-the-provider';
const window = { from: NOW - 120_000, to: NOW - 60_000 };

function read(answer: PaperOptions['answer']) {
  const { feed } = paperFeed({ rows: [rowAt(window.from)], answer });
  const { readPage } = scrubConnection(feed.connection, createScrub([secret]));
  const ask: PageAsk = {
    limits: feed.limits,
    turn: fixedTurn('background'),
    interval: () => window,
    page: 1,
    cursor: null,
  };
  return readPage(feed.kind, ask);
}

it('hides secrets in rows that were set aside, and in why', async () => {
  const aside = { reason: `stake: got ${secret}`, raw: `{"stake":"${secret}"}`, window, key: null };
  const page = await read((plain) => ({ ...plain, quarantined: [aside] }));
  expect(page.quarantined).toEqual([
    { ...aside, reason: 'stake: got [redacted]', raw: '{"stake":"[redacted]"}' },
  ]);
  expect(page.rows).toHaveLength(1);
});

it('hides them in what an answer said that failed, and leaves other errors as they are', async () => {
  const refusal = new UpstreamError(`refused ${secret}`, { action: 'retry', raw: secret });
  await expect(read(() => Promise.reject(refusal))).rejects.toMatchObject({
    message: 'refused [redacted]',
    raw: '[redacted]',
    action: 'retry',
  });
  const other = new Error('of our own');
  await expect(read(() => Promise.reject(other))).rejects.toBe(other);
});
