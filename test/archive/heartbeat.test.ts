import { expect, it } from 'vitest';
import type { ArchiveTrouble } from '../../src/archive/admin.ts';
import { createHeartbeat, noting } from '../../src/archive/heartbeat.ts';
import { ArchiveError } from '../../src/errors.ts';

/** An archive that is looked at when the test says so, and what is found then. */
function scripted() {
  let found: ArchiveTrouble | Error | null = null;
  let room: Error | null = null;
  let now = 0;
  let looked = () => {};
  const heartbeat = createHeartbeat({
    async look() {
      // What a beat found is told a few turns of the event loop after it looked.
      setImmediate(() => looked());
      if (found instanceof Error) throw found;
      return found;
    },
    probe: () => (room === null ? Promise.resolve() : Promise.reject(room)),
    everyMs: 3_600_000,
    monotonic: () => now,
  });
  const beat = () =>
    new Promise<void>((resolve) => {
      looked = resolve;
      heartbeat.suspect();
    });
  return {
    heartbeat,
    beat,
    find: (next: typeof found) => {
      found = next;
    },
    hasRoom: (next: Error | null) => {
      room = next;
    },
    pass: (ms: number) => {
      now += ms;
    },
    start: () =>
      new Promise<void>((resolve) => {
        looked = resolve;
        heartbeat.start();
      }),
  };
}

it('says why an archive is out of reach, and tells whoever waits once it is back', async () => {
  const { heartbeat, beat, find, start } = scripted();
  await start();
  expect(heartbeat.trouble()).toBeNull();
  await heartbeat.able();
  find(new ArchiveError('archive a: it cannot be reached'));
  await beat();
  expect(heartbeat.trouble()).toEqual({ reason: 'archive a: it cannot be reached', readable: false });
  const back = heartbeat.able();
  expect(heartbeat.able()).toBe(back);
  find(null);
  await beat();
  await back;
  expect(heartbeat.trouble()).toBeNull();
  heartbeat.close();
});

it('passes on what else keeps it from taking rows, such as being a standby', async () => {
  const { heartbeat, beat, find, start } = scripted();
  await start();
  find({ reason: 'a standby', readable: true });
  await beat();
  expect(heartbeat.trouble()).toEqual({ reason: 'a standby', readable: true });
  heartbeat.close();
});

it('tries after a refused commit whether there is room, each time after a longer rest', async () => {
  const { heartbeat, beat, hasRoom, pass, start } = scripted();
  await start();
  const full = new ArchiveError('the disk is full', { general: true });
  hasRoom(full);
  await expect(noting(heartbeat, Promise.reject(full))).rejects.toBe(full);
  const trouble = { reason: 'the disk is full', readable: true };
  expect(heartbeat.trouble()).toEqual(trouble);
  await beat();
  expect(heartbeat.trouble()).toEqual(trouble);
  pass(2_000);
  await beat();
  hasRoom(null);
  pass(2_000);
  await beat();
  expect(heartbeat.trouble()).toEqual(trouble);
  pass(2_000);
  await beat();
  expect(heartbeat.trouble()).toBeNull();
  heartbeat.close();
});

it('takes no commit that failed for its own sake for a trouble of all', async () => {
  const { heartbeat } = scripted();
  const own = new ArchiveError('a key too long');
  await expect(noting(heartbeat, Promise.reject(own))).rejects.toBe(own);
  expect(heartbeat.trouble()).toBeNull();
  expect(await noting(heartbeat, Promise.resolve('written'))).toBe('written');
});

it('believes what lasts until it is started anew', async () => {
  const { heartbeat, beat, pass, start } = scripted();
  await start();
  heartbeat.refused(new ArchiveError('the file is damaged', { general: true, lasting: true }));
  pass(1e9);
  await beat();
  expect(heartbeat.trouble()).toEqual({ reason: 'the file is damaged', readable: true });
  heartbeat.close();
});
