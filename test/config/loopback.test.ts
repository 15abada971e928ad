import { describe, expect, it } from 'vitest';
import { isLoopback } from '../../src/config/loopback.ts';

describe('isLoopback', () => {
  it.each(['localhost', 'LocalHost', '127.0.0.1', '127.1.2.3', '::1', '[::1]', '0:0:0:0:0:0:0:1'])(
    'takes %s for this machine',
    (host) => {
      expect(isLoopback(host)).toBe(true);
    },
  );

  it.each([
    '',
    '0.0.0.0',
    '::',
    '128.0.0.1',
    '127.0.0.999',
    '127.0.0.1.example.com',
    'localhost.example.com',
    'notlocalhost',
    '[::2]',
  ])('takes "%s" for another', (host) => {
    expect(isLoopback(host)).toBe(false);
  });
});
