import { describe, expect, it } from 'vitest';
import { UsageError } from '../../src/errors.ts';
import { checkProviders, providerNamed } from '../../src/providers/list.ts';
import { providers } from '../../src/providers/registry.ts';
import { createSandboxes } from '../../src/sandbox/create.ts';

describe('the registry', () => {
  it('gives every provider a sandbox whose account its schemas accept', async () => {
    const sandboxes = await createSandboxes(providers);
    expect(Object.keys(sandboxes)).toEqual(providers.map(({ name }) => name));
    for (const { name, credentials, options, needsCurrency } of providers) {
      const { account } = sandboxes[name]!;
      expect(account['provider']).toBe(name);
      expect(credentials.safeParse(account['credentials']).success).toBe(true);
      expect(options.safeParse(account['options'] ?? {}).success).toBe(true);
      expect(typeof account['currency']).toBe(needsCurrency ? 'string' : 'undefined');
    }
  });

  it('has an account that is called at the interval its sandbox is given', async () => {
    const sandboxes = await createSandboxes(providers, { minIntervalMs: 20 });
    for (const { name, feeds } of providers) {
      const limits = Object.fromEntries(feeds.map(({ kind }) => [kind, { minInterval: '20ms' }]));
      expect(sandboxes[name]!.account['limits']).toEqual(limits);
    }
  });

  it('refuses two providers of one name, and says which', () => {
    const twice = [...providers, { name: 'ebet', title: 'eBET II' }];
    expect(() => checkProviders(twice)).toThrow(UsageError);
    expect(() => checkProviders(twice)).toThrow(
      'providers: expected each name once, got "ebet" for eBET and for eBET II',
    );
  });

  it('refuses a name that the graph could not spell', () => {
    for (const name of ['', 'Two Words', 'two-words', '2x', 'a_b']) {
      expect(() => checkProviders([{ name, title: 'Some' }])).toThrow(`Some: expected a name of`);
    }
  });

  it('finds a provider by its name, and names those there are where it is unknown', () => {
    expect(providerNamed(providers, 'hotroad').title).toBe('HotRoad Gaming');
    const names = providers.map(({ name }) => name).join(', ');
    expect(() => providerNamed(providers, 'none')).toThrow(`expected one of ${names}, got none`);
  });
});
