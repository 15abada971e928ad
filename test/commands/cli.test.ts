import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { basename, dirname, join } from 'node:path';
import { buildSchema, validateSchema } from 'graphql';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { printSubgraph } from '../../src/graph/schema/subgraph.ts';
import { providers } from '../../src/providers/registry.ts';
import { type Built, buildCommand } from '../built.ts';
import { openHarness, someHour } from './harness.ts';

const cli = join(import.meta.dirname, '../../src/cli.ts');

let command: Built;
beforeAll(async () => {
  command = await buildCommand();
});
afterAll(() => command.remove());

function start(...args: readonly string[]): ChildProcessWithoutNullStreams {
  return startNode(command.file('cli'), ...args);
}

function startNode(...args: readonly string[]): ChildProcessWithoutNullStreams {
  // Nothing of a developer's own, but for what lets the program have the clock that `faketime` gives the test.
  const own = Object.entries(process.env).filter(([name]) => /^(PATH$|LD_PRELOAD$|FAKETIME)/.test(name));
  const env = { ...Object.fromEntries(own), COUNTROOM_CONFIG: '/nowhere/countroom.yaml' };
  const child = spawn(process.execPath, args, { env });
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  return child;
}

async function run(...args: readonly string[]) {
  const child = start(...args);
  let [out, err] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => {
    out += chunk.toString('utf8');
  });
  child.stderr.on('data', (chunk: Buffer) => {
    err += chunk.toString('utf8');
  });
  const [code] = (await once(child, 'close')) as [number];
  return { code, out, err };
}

it('ends with 0 after help and its version', async () => {
  expect(await run('--help')).toMatchObject({ code: 0, out: expect.stringContaining('serve') });
  expect(await run('--version')).toMatchObject({ code: 0, out: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) });
});

it('ends with 2 after wrong usage, in one line that says what was meant', async () => {
  expect(await run('cover')).toMatchObject({
    code: 2,
    err: expect.stringContaining('Did you mean coverage?'),
  });
  expect(await run('coverage', '--from', '2026-02-30', '--to', '2026-03-01')).toMatchObject({
    code: 2,
    out: '',
    err: 'countroom: --from: expected a date, a time such as 2026-11-01T00:00:00Z, now, today, yesterday, or back from now as -24h, got 2026-02-30\n',
  });
  expect(await run('serve', '--port', '99999')).toMatchObject({
    code: 2,
    err: expect.stringContaining('--port'),
  });
});

it('ends with 2 where there is no configuration, or a faulty one', async () => {
  expect(await run('serve')).toMatchObject({
    code: 2,
    err: 'countroom: no configuration at /nowhere/countroom.yaml: write one, or name it with --config or COUNTROOM_CONFIG\n',
  });
  const { file } = await openHarness(['ebet']);
  const broken = await openHarness([], (content) => ({ ...content, sever: {} })).catch(
    (error: Error) => error,
  );
  expect(String(broken)).toMatch(/sever: unknown key; did you mean "server"\?/);
  expect((await run('check', '--config', `${file}x`)).code).toBe(2);
});

it('prints exactly the subgraph’s SDL', async () => {
  const { code, out } = await run('schema');
  expect(code).toBe(0);
  expect(out.trimEnd()).toBe(printSubgraph({ providers, exposeNode: true }).trimEnd());
});

it('prints the graph for clients without federation’s machinery', async () => {
  const { code, out } = await run('schema', '--client');
  expect(code).toBe(0);
  expect(validateSchema(buildSchema(out))).toEqual([]);
  expect(out).not.toMatch(/@(key|link|shareable)\b|_(Any|Entity|Service|entities|service)\b/);
});

it.each(['what was built', 'the sources'])(
  'serves %s until SIGTERM, and says where in one line',
  async (what) => {
    const { file } = await openHarness(['ebet']);
    const program = what === 'the sources' ? ['--import', 'tsx', cli] : [command.file('cli')];
    const child = startNode(...program, 'serve', '--config', file, '--port', '0');
    const [line] = (await once(child.stdout, 'data')) as [Buffer];
    const url = /^countroom answers at (http:\/\/127\.0\.0\.1:\d+)\n$/.exec(line.toString('utf8'))?.[1];
    expect((await fetch(`${url}/readyz`)).status).toBe(200);
    const closed = once(child, 'close');
    // as npm does, which passes on what the terminal sends to both
    child.kill('SIGTERM');
    child.kill('SIGINT');
    expect(await closed).toEqual([0, null]);
  },
);

it('reads its configuration again on SIGHUP: keys, players and log; a faulty one changes nothing', async () => {
  const keyed = (key: string) => ({ apiKeys: [{ name: 'a', key, role: 'admin' }] });
  const [first, second] = ['the-first-key-of-these', 'the-second-key-of-these'];
  const { file, folder } = await openHarness(['ebet'], (each) => ({ ...each, auth: keyed(first) }));
  const written = JSON.parse(readFileSync(file, 'utf8')) as object;
  const child = start('serve', '--config', file);
  let log = '';
  child.stderr.on('data', (chunk: Buffer) => {
    log += chunk.toString('utf8');
  });
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  const url = line.toString('utf8').trim().split(' ').at(-1);
  const status = async (key: string) =>
    (await fetch(`${url}/metrics`, { headers: { authorization: `Bearer ${key}` } })).status;
  expect([await status(first), await status(second)]).toEqual([200, 401]);

  writeFileSync(file, JSON.stringify({ ...written, auth: keyed(second) }));
  child.kill('SIGHUP');
  await expect.poll(() => log).toContain('was read again');
  expect([await status(first), await status(second)]).toEqual([401, 200]);

  writeFileSync(file, JSON.stringify({ ...written, auth: keyed('short'), acounts: 1 }));
  child.kill('SIGHUP');
  await expect.poll(() => log).toContain('was not read again');
  expect(log).toMatch(/acounts: unknown key/);
  expect(await status(second)).toBe(200);

  const closed = once(child, 'close');
  child.kill('SIGINT');
  expect(await closed).toEqual([0, null]);
  expect(readdirSync(folder)).not.toContain('archive.duckdb.serve.json');
});

it('makes files that its user alone can read, whatever the umask', async () => {
  const { file } = await openHarness(['vertexplay']);
  const masked = ['-c', 'umask 022; exec "$0" "$@"', process.execPath, command.file('cli')];
  const child = spawn('sh', [...masked, 'serve', '--config', file]);
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  await once(child.stdout, 'data');
  const folder = dirname(file);
  const made = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(
    (name) => name !== basename(file),
  );
  const modes = made.map((name) => [name, (statSync(join(folder, name)).mode & 0o077).toString(8)]);
  expect(modes.length).toBeGreaterThan(1);
  expect(modes).toEqual(made.map((name) => [name, '0']));
});

it('logs what nobody caught with the requests under way, answers these, and ends with 1', async () => {
  const { file, host } = await openHarness(['vertexplay']);
  const careless =
    'data:text/javascript,process.on("SIGUSR2", () => { Promise.reject(new Error("nobody’s")); })';
  const child = startNode('--import', careless, command.file('cli'), 'serve', '--config', file);
  let log = '';
  child.stderr.on('data', (chunk: Buffer) => {
    log += chunk.toString('utf8');
  });
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  const url = /http:[^ \n]*/.exec(line.toString('utf8'))?.[0];
  host.inject('vertexplay', 'hang', 10);
  const { from, to } = someHour();
  const range = `{ from: "${new Date(from).toISOString()}", to: "${new Date(to).toISOString()}" }`;
  const asked = fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-request-id': 'asked-meanwhile' },
    body: JSON.stringify({
      query: `{ bets(filter: { range: ${range} }, maxWait: "1d") { coverage { complete } } }`,
    }),
  });
  await expect.poll(() => host.pending('vertexplay')).toBeLessThan(10);
  const closed = once(child, 'close');
  child.kill('SIGUSR2');
  expect(await (await asked).json()).toMatchObject({ data: { bets: { coverage: { complete: false } } } });
  expect(await closed).toEqual([1, null]);
  const fatal = log.split('\n').find((each) => each.includes('"fatal"')) ?? '{}';
  expect(JSON.parse(fatal)).toMatchObject({
    level: 'fatal',
    requests: ['asked-meanwhile'],
    err: { message: 'nobody’s', stack: expect.stringContaining('Error: nobody’s') },
  });
});

it('ends with 1 and one line where the port is in use', async () => {
  const { file } = await openHarness(['ebet']);
  const other = createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  onTestFinished(() => {
    other.close();
  });
  const { port } = other.address() as AddressInfo;
  const { code, out, err } = await run('serve', '--config', file, '--port', String(port));
  expect(code).toBe(1);
  expect(out).toBe('');
  expect(err).toContain(`countroom: server.port: ${port} is in use on 127.0.0.1`);
  expect(err).not.toContain(' at ');
});
