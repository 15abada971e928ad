import { expect, test } from 'vitest';
import { ArchiveError } from '../../src/errors.ts';
import { ask, post, start } from './harness.ts';

test('is unready with the reason while the archive cannot take rows, and alive all the same', async () => {
  let trouble: string | null = 'archive db:5432/main: the disk is full';
  const running = await start({ archiveTrouble: () => trouble });
  const unready = await ask(`${running.url}/readyz`);
  expect(unready.status).toBe(503);
  expect(unready.json).toEqual({ status: 'unable', reason: trouble });
  expect((await ask(`${running.url}/livez`)).status).toBe(200);
  trouble = null;
  expect((await ask(`${running.url}/readyz`)).json).toEqual({ status: 'ready' });
});

test('answers 503 with a code where a field could not read the archive, and the other fields with it', async () => {
  const betTotals = () => {
    throw new ArchiveError('archive db:5432/main: it cannot be reached');
  };
  const running = await start({ resolvers: { wait: betTotals } });
  const answer = await post(running, '{ who wait(ms: 1) }');
  expect(answer.status).toBe(503);
  expect(answer.json).toMatchObject({
    data: { wait: null },
    errors: [{ extensions: { code: 'ARCHIVE_UNAVAILABLE' } }],
  });
  expect((await post(running, '{ who }')).status).toBe(200);
});
