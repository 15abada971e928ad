import { describe, expect, it } from 'vitest';
import { providers } from '../../src/providers/registry.ts';
import { providerNames } from '../../src/records/record.ts';
import { sandboxes } from '../../src/sandbox/registry.ts';

describe('the registry', () => {
  it('lists every provider once, each with a sandbox whose account its schemas accept', () => {
    expect(providers.map(({ name }) => name)).toEqual([...providerNames]);
    for (const { name, credentials, options, needsCurrency } of providers) {
      const { account } = sandboxes[name]();
      expect(account['provider']).toBe(name);
      expect(credentials.safeParse(account['credentials']).success).toBe(true);
      expect(options.safeParse(account['options'] ?? {}).success).toBe(true);
      expect(typeof account['currency']).toBe(needsCurrency ? 'string' : 'undefined');
    }
  });

  it('has an account that is called at the interval its sandbox is given', () => {
    for (const { name, feeds } of providers) {
      const { account } = sandboxes[name]({ minIntervalMs: 20 });
      const limits = Object.fromEntries(feeds.map(({ kind }) => [kind, { minInterval: '20ms' }]));
      expect(account['limits']).toEqual(limits);
    }
  });
});
