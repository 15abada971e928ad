import { Writable } from 'node:stream';
import { expect, it } from 'vitest';
import { flushed } from '../../src/commands/io.ts';

it('waits until a slow reader has taken all that was written', async () => {
  const taken: string[] = [];
  const pipe = new Writable({
    write(chunk: Buffer, _encoding, done) {
      setImmediate(() => {
        taken.push(chunk.toString('utf8'));
        done();
      });
    },
  });
  for (const text of ['first', 'second', 'last']) pipe.write(text);
  expect(taken).toEqual([]);
  await flushed(pipe);
  expect(taken.filter((text) => text !== '')).toEqual(['first', 'second', 'last']);
});

it('does not wait for a reader that has left', async () => {
  const pipe = new Writable({ write: (_chunk, _encoding, done) => done() });
  pipe.on('error', () => {});
  pipe.destroy();
  await flushed(pipe);
  expect(pipe.destroyed).toBe(true);
});
