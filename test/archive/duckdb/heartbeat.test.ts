import { existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { tryRoom } from '../../../src/archive/duckdb/heartbeat.ts';

test('room is tried in a file of its own: what another put in its place is not written over', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'countroom-room-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const [mine, room] = [join(folder, 'mine'), join(folder, 'archive.duckdb.room')];
  writeFileSync(mine, 'precious');
  symlinkSync(mine, room);
  await tryRoom(room);
  expect(readFileSync(mine, 'utf8')).toBe('precious');
  expect(existsSync(room)).toBe(false);
});
