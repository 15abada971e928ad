import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { stripVTControlCharacters } from 'node:util';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { type InitAsk, init } from '../../src/commands/init.ts';
import { createPrompt } from '../../src/commands/prompt.ts';
import { folderWith } from '../config/files.ts';
import { createWorld, openHarness } from './harness.ts';

function asked(folder: string, ask: Partial<InitAsk> = {}) {
  const io = { ...createWorld(), cwd: folder };
  const nothing = { file: undefined, provider: undefined, account: undefined, baseUrl: undefined };
  const all: InitAsk = {
    ...nothing,
    currency: undefined,
    credentials: [],
    force: false,
    prompt: null,
    io,
    ...ask,
  };
  return { io, run: () => init(all) };
}

const vertexplay = {
  provider: 'vertexplay',
  account: 'vp-main',
  baseUrl: 'https://vp.example.com',
  credentials: ['agentId=agent7', `apiKey=${'0a'.repeat(32)}`, 'secretKey=hidden-word'],
};

it('writes a file in which every secret is a variable, and names those to set', async () => {
  const folder = folderWith({});
  const { io, run } = asked(folder, vertexplay);
  expect(await run()).toBe(0);
  const text = readFileSync(join(folder, 'countroom.yaml'), 'utf8');
  expect(parse(text)).toEqual({
    accounts: [
      {
        id: 'vp-main',
        provider: 'vertexplay',
        baseUrl: 'https://vp.example.com',
        // biome-ignore lint/suspicious/noTemplateCurlyInString: a variable as the file has it
        credentials: { agentId: 'agent7', apiKey: '${VP_MAIN_API_KEY}', secretKey: '${VP_MAIN_SECRET_KEY}' },
      },
    ],
  });
  expect(io.out()).toContain('before countroom serve, set: VP_MAIN_API_KEY, VP_MAIN_SECRET_KEY\n');
  expect(text + io.out()).not.toMatch(/hidden-word|0a0a/);
});

it('writes the variables of credentials that are to come', async () => {
  const folder = folderWith({});
  const { run } = asked(folder, {
    provider: 'ebet',
    baseUrl: 'https://ebet.example.com',
    credentials: ['channelId=7'],
  });
  expect(await run()).toBe(0);
  const { accounts } = parse(readFileSync(join(folder, 'countroom.yaml'), 'utf8'));
  expect(accounts[0]).toMatchObject({
    id: 'ebet-main',
    credentials: { channelId: 7, privateKey: expect.stringContaining('{EBET_MAIN_PRIVATE_KEY}') },
  });
});

it.each([
  [
    'a wrong credential',
    { ...vertexplay, credentials: ['agentId=a', 'apiKey=zz', 'secretKey=s'] },
    'credentials.apiKey',
  ],
  [
    'an unknown credential',
    { ...vertexplay, credentials: [...vertexplay.credentials, 'pin=1'] },
    'credentials.pin',
  ],
  ['a wrong address', { ...vertexplay, baseUrl: 'ftp://vp' }, 'baseUrl'],
  ['an unknown provider', { ...vertexplay, provider: 'vertexpley' }, 'did you mean "vertexplay"'],
  ['no address', { ...vertexplay, baseUrl: undefined }, '--base-url'],
  ['no currency', { provider: 'hotroad', baseUrl: 'https://h.example.com' }, '--currency'],
])('refuses %s, and writes nothing', async (_, ask, said) => {
  const folder = folderWith({});
  const failed = await asked(folder, ask)
    .run()
    .catch((error: unknown) => error);
  expect(JSON.stringify([String(failed), (failed as { faults?: unknown }).faults])).toContain(
    said.replaceAll('"', '\\"'),
  );
  expect(readdirSync(folder)).toEqual([]);
});

it('writes over no file unless told to', async () => {
  const folder = folderWith({ 'countroom.yaml': 'mine: 1\n' });
  await expect(asked(folder, vertexplay).run()).rejects.toThrow('--force');
  expect(readFileSync(join(folder, 'countroom.yaml'), 'utf8')).toBe('mine: 1\n');
  expect(await asked(folder, { ...vertexplay, force: true }).run()).toBe(0);
  expect(readFileSync(join(folder, 'countroom.yaml'), 'utf8')).toContain('vp-main');
});

it('asks for what was not given, shows no secret that is typed, and checks at once', async () => {
  const { config, sandboxes } = await openHarness(['hotroad']);
  const { credentials, baseUrl, currency } = config.accounts[0]!;
  const { agentId, username, password } = credentials as Record<string, string>;
  const folder = folderWith({});
  const [input, shown] = [new PassThrough(), new PassThrough()];
  const world = createWorld();
  const prompt = createPrompt(input, shown, world.signal);
  const answers: Readonly<Record<string, string>> = {
    provider: 'hotroad',
    account: '',
    'base-url': baseUrl,
    currency: currency!,
    ...{ agentId: agentId!, username: username!, password: password! },
    ask: 'yes',
  };
  let seen = '';
  shown.on('data', (chunk: Buffer) => {
    seen += chunk.toString();
    const question = /([a-zA-Z-]+)[^:\n]*: /.exec(stripVTControlCharacters(chunk.toString()))?.[1];
    if (question !== undefined) input.write(`${answers[question] ?? ''}\n`);
  });
  const { io, run } = asked(folder, { prompt });
  expect(await run()).toBe(0);
  prompt.close();
  expect(io.out()).toMatch(/hotroad-main.*ok/s);
  expect(seen).not.toContain(password);
  expect(sandboxes['hotroad']!.calls.length).toBe(2);
  expect(existsSync(join(folder, 'countroom.yaml.new'))).toBe(false);
});
