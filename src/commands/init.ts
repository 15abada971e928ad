import { existsSync } from 'node:fs';
import { rename, rm, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { stringify } from 'yaml';
import { z } from 'zod';
import { suggest } from '../config/fault.ts';
import { loadConfig } from '../config/load.ts';
import { UsageError } from '../errors.ts';
import { providerNamed } from '../providers/list.ts';
import type { Provider } from '../providers/provider.ts';
import { providers } from '../providers/registry.ts';
import { check } from './check.ts';
import type { Io } from './io.ts';
import type { Prompt } from './prompt.ts';

export interface InitAsk {
  readonly file: string | undefined;
  readonly provider: string | undefined;
  readonly account: string | undefined;
  readonly baseUrl: string | undefined;
  readonly currency: string | undefined;
  /** Each as `name=value`. */
  readonly credentials: readonly string[];
  /** Whether a file that is there is written over. */
  readonly force: boolean;
  /** Asks for what was not given; null where nobody sits at a terminal. */
  readonly prompt: Prompt | null;
  readonly io: Io;
}

/**
 * Writes a configuration of one account, every secret as a variable, and offers to check it. What was given is read as
 * `serve` would read it, and nothing is written where it is wrong. Throws a UsageError.
 */
export async function init(asked: InitAsk): Promise<number> {
  const { io, prompt } = asked;
  const path = resolve(io.cwd, asked.file ?? 'countroom.yaml');
  if (existsSync(path) && !asked.force) {
    throw new UsageError(`${path} is there already: another --config, or --force to write over it`);
  }
  const provider = await readProvider(asked);
  const id = await given(asked.account, '--account', prompt, `${provider.name}-main`);
  const baseUrl = await given(asked.baseUrl, '--base-url', prompt);
  const currency = provider.needsCurrency ? await given(asked.currency, '--currency', prompt) : undefined;
  const values = await readCredentials(provider, asked);
  const { credentials, variables } = hidden(id, values);
  const account = {
    id,
    provider: provider.name,
    baseUrl,
    ...(currency !== undefined && { currency }),
    credentials,
  };
  const config = await write(path, { accounts: [account] }, { ...io.env, ...variables }, io.cwd);

  const missing = Object.keys(variables).filter((name) => io.env[name] !== variables[name]);
  io.stdout.write(`wrote ${path}\n`);
  if (missing.length > 0) io.stdout.write(`before countroom serve, set: ${missing.join(', ')}\n`);
  if (config === null || prompt === null) {
    io.stdout.write('then: countroom check, countroom serve\n');
    return 0;
  }
  const wanted = await prompt.ask('ask the provider one question now, to check it', { usual: 'yes' });
  return /^y/i.test(wanted) ? check({ config, json: false, io }) : 0;
}

async function given(
  value: string | undefined,
  option: string,
  prompt: Prompt | null,
  usual?: string,
): Promise<string> {
  if (value !== undefined) return value;
  if (prompt === null) {
    if (usual !== undefined) return usual;
    throw new UsageError(`init: expected ${option}, got nothing, and nobody at a terminal to ask`);
  }
  return prompt.ask(option.slice(2), usual === undefined ? {} : { usual });
}

async function readProvider({ provider, prompt }: InitAsk): Promise<Provider> {
  const names = providers.map(({ name }) => name);
  const name = await given(provider, '--provider', prompt && listing(prompt, names));
  if (names.includes(name)) return providerNamed(providers, name);
  throw new UsageError(`--provider: unknown provider "${name}"${suggest(name, names)}`);
}

/** A prompt that says what there is to choose from. */
function listing(prompt: Prompt, names: readonly string[]): Prompt {
  return { ...prompt, ask: (question, options) => prompt.ask(`${question} (${names.join(', ')})`, options) };
}

const shape = z.object({ properties: z.record(z.string(), z.unknown()) });

/** The names of a provider's credentials; one that may come from a file is named by the file. */
function credentialNames({ credentials }: Provider): readonly string[] {
  const { properties } = shape.parse(z.toJSONSchema(credentials, { io: 'input', unrepresentable: 'any' }));
  return Object.keys(properties).filter((name) => !Object.hasOwn(properties, `${name}File`));
}

async function readCredentials(
  provider: Provider,
  { credentials, prompt }: InitAsk,
): Promise<ReadonlyMap<string, string | null>> {
  const values = new Map<string, string | null>();
  for (const each of credentials) {
    const at = each.indexOf('=');
    if (at < 1) throw new UsageError('--credential: expected name=value, got text without "="');
    values.set(each.slice(0, at), each.slice(at + 1));
  }
  for (const name of credentialNames(provider)) {
    const inText = name.replace(/File$/, '');
    if (values.has(name) || values.has(inText)) continue;
    // Without a terminal the variable is written all the same: it is set later.
    if (prompt === null) values.set(isPlain(name) && !name.endsWith('File') ? name : inText, null);
    else values.set(name, await prompt.ask(name, { hidden: !isPlain(name) }));
  }
  return values;
}

/** Whether a credential is no secret: an identifier, or the path of a file. */
function isPlain(name: string): boolean {
  return /(Id|File)$/.test(name);
}

/** Credentials as the file has them, and the secrets they stand for by the names of their variables; those that are to come have none. */
function hidden(id: string, values: ReadonlyMap<string, string | null>) {
  const variables: Record<string, string> = {};
  const credentials = [...values].map(([name, value]): [string, string | number] => {
    if (isPlain(name) && value !== null) return [name, /^\d{1,9}$/.test(value) ? Number(value) : value];
    const variable = `${id}_${name}`
      .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
      .replace(/[^A-Za-z0-9]+/g, '_')
      .toUpperCase();
    if (value !== null) variables[variable] = value;
    return [name, `\${${variable}}`];
  });
  return { credentials: Object.fromEntries(credentials), variables };
}

/** Writes the file once it was read without a fault; null where variables are still to be set. */
async function write(path: string, tree: unknown, env: Io['env'], cwd: string) {
  const draft = `${path}.new`;
  const text =
    '# Secrets come from the environment; every key: countroom schema config, what is in force: countroom config\n' +
    stringify(tree, { lineWidth: 0 });
  try {
    await writeFile(draft, text, { mode: 0o600 });
    const config = loaded(draft, env, cwd);
    await rename(draft, path);
    return config === null ? null : { ...config, file: path };
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
}

function loaded(file: string, env: Io['env'], cwd: string) {
  try {
    return loadConfig({ file, env, cwd, providers });
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    const faults = error.faults.filter((fault) => !/variable \w+ is not set/.test(fault));
    if (faults.length === 0) return null;
    throw new UsageError('init: what was given cannot be used, and nothing was written:', faults);
  }
}
