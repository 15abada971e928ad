// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the texts are the configuration's own variables
import { describe, expect, it } from 'vitest';
import { resolveVariables } from '../../src/config/variables.ts';
import { faultsOf, folderWith, load, oneAccount } from './files.ts';

const resolve = (tree: unknown, env: Record<string, string> = {}, folder = '/') =>
  resolveVariables(tree, { env, folder });

describe('variables in the configuration', () => {
  it('fill any text at any depth, whole or in part', () => {
    const tree = { a: ['x-${A}-${B}', { b: '${A}' }], n: 1, nothing: null };
    expect(resolve(tree, { A: '1', B: '2' }).value).toEqual({
      a: ['x-1-2', { b: '1' }],
      n: 1,
      nothing: null,
    });
  });

  it('fall back to a default, also where the variable is empty', () => {
    expect(resolve('${A:-x}').value).toBe('x');
    expect(resolve('${A:-}').value).toBe('');
    expect(resolve('${A:-x}', { A: '' }).value).toBe('x');
    expect(resolve('${A:-x}', { A: 'y' }).value).toBe('y');
  });

  it('read files, without their last line break', () => {
    const folder = folderWith({ secret: 'line one\nline two\n' });
    expect(resolve(`\${file:${folder}/secret}`).value).toBe('line one\nline two');
    expect(resolve('${file:secret}', {}, folder).value).toBe('line one\nline two');
  });

  it('are not looked for in what they bring', () => {
    expect(resolve('${A}', { A: '${B}', B: 'no' }).value).toBe('${B}');
  });

  it('leave a doubled dollar as a single one', () => {
    expect(resolve('$${A} costs $5', { A: 'x' }).value).toBe('${A} costs $5');
  });

  it('are faults where they are missing, broken or unreadable', () => {
    const faults = resolve({ a: '${A}', b: ['${1x}', '${A'], c: '${file:gone}' }).faults;
    expect(faults.map(({ path, text }) => [path.join('.'), text])).toEqual([
      ['a', 'the environment variable A is not set'],
      ['b.0', 'expected NAME, NAME:-default or file:/path in the braces'],
      ['b.1', 'expected a } after ${'],
      ['c', 'cannot read the file gone (ENOENT)'],
    ]);
  });

  it('take the type their place expects', () => {
    const yaml = `${oneAccount}
server: { port: "\${PORT}" }
federation: { exposeNode: "\${NODE}" }
`;
    const config = load(yaml, { env: { PORT: '4100', NODE: 'false' } });
    expect(config.server.port).toBe(4100);
    expect(load(`${oneAccount}\nserver: { port: "\${PORT:-4200}" }`).server.port).toBe(4200);
    expect(config.federation.exposeNode).toBe(false);
    expect(faultsOf(yaml, { env: { PORT: 'http', NODE: 'false' } })).toEqual([
      'server.port: expected a number, got text that is not shown',
    ]);
  });

  it('leave a number in quotes a text where the file itself says so', () => {
    expect(faultsOf(`${oneAccount}\nserver: { port: "4100" }`)).toEqual([
      'server.port: expected a number, got "4100"',
    ]);
  });
});
