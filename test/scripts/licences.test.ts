import { describe, expect, it } from 'vitest';
import { judge, productionPackages } from '../../scripts/lockfile-licences.ts';

const lock = JSON.stringify({
  packages: {
    '': { version: '1.0.0', license: 'UNLICENSED' },
    'node_modules/a': { version: '1.0.0', license: 'MIT' },
    'node_modules/a/node_modules/@b/c': { version: '2.0.0', license: '(MIT OR GPL-3.0)' },
    'node_modules/d': { version: '3.0.0', license: 'MIT AND CC-BY-4.0', optional: true },
    'node_modules/e': { version: '4.0.0' },
    'node_modules/f': { version: '5.0.0', license: 'GPL-3.0', dev: true },
  },
});

describe('licences', () => {
  const packages = productionPackages(lock);

  it('are read of everything that production installs, nested and optional packages too', () => {
    expect(packages.map(({ name, licence }) => `${name}: ${licence}`)).toEqual([
      'a: MIT',
      '@b/c: (MIT OR GPL-3.0)',
      'd: MIT AND CC-BY-4.0',
      'e: none named',
    ]);
  });

  it('pass by one of a choice or by each of a sum, and never where none is named', () => {
    const mit = { licence: 'MIT', why: 'free' };
    expect(judge(packages, [mit]).refused.map(({ name }) => name)).toEqual(['d', 'e']);
    const both = [mit, { licence: 'CC-BY-4.0', why: 'free' }];
    expect(judge(packages, both).refused.map(({ name }) => name)).toEqual(['e']);
  });

  it('may be allowed to one package alone, which is told when it is gone', () => {
    const only = { licence: 'MIT', package: 'a', why: 'reviewed' };
    const gone = { licence: 'MIT', package: 'z', why: 'reviewed' };
    const { refused, stale, summary } = judge(packages, [only, gone]);
    expect(refused.map(({ name }) => name)).toEqual(['@b/c', 'd', 'e']);
    expect(stale).toEqual([gone]);
    expect(summary).toContainEqual(['MIT', 1]);
  });
});
