import { rmSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { z } from 'zod';
import { duckDbFileOf } from '../config/archive-url.ts';
import type { Config } from '../config/config.ts';

/** A running `serve`, as it is described in a file beside the archive that it holds. */
const notice = z.strictObject({ pid: z.int(), url: z.string(), key: z.string().nullable() });
export type Running = z.output<typeof notice>;

/** The path of that file; null where the archive is no DuckDB file, and so lets several processes in. */
function noticePath({ archive }: Config): string | null {
  const file = duckDbFileOf(archive.url);
  return file === null ? null : `${file}.serve.json`;
}

/** Writes the file for other commands, readable by this user alone; gives a function that removes it. */
export async function announce(config: Config, running: Omit<Running, 'pid'>): Promise<() => void> {
  const path = noticePath(config);
  if (path === null) return () => {};
  // A serve that was killed leaves its file behind; writing over it, or over what another puts in its place meanwhile,
  // would keep that file's permissions, and the key in it would be theirs to read.
  rmSync(path, { force: true });
  await writeFile(path, JSON.stringify({ pid: process.pid, ...running }), { mode: 0o600, flag: 'wx' });
  return () => rmSync(path, { force: true });
}

/** The `serve` that holds the configuration's archive and answers; null where there is none. */
export async function findRunning(config: Config): Promise<Running | null> {
  const path = noticePath(config);
  const text = path === null ? null : await readFile(path, 'utf8').catch(() => null);
  if (text === null) return null;
  const parsed = notice.safeParse(parseJson(text));
  if (!parsed.success || !isAlive(parsed.data.pid)) return null;
  return (await answers(parsed.data.url)) ? parsed.data : null;
}

/** Whether a gateway runs on the configuration's archive, or may: of a database nobody can tell. */
export async function mayBeRunning(config: Config): Promise<boolean> {
  return !config.archive.url.startsWith('duckdb:') || (await findRunning(config)) !== null;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

async function answers(url: string): Promise<boolean> {
  try {
    return (await fetch(`${url}/livez`, { signal: AbortSignal.timeout(2_000) })).ok;
  } catch {
    return false;
  }
}
