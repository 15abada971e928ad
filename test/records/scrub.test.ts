import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createScrub } from '../../src/records/scrub.ts';

const secret = 'canary-0123/+= "x"~é';
const scrub = createScrub([secret, 'pass']);

describe('scrubbing', () => {
  const bytes = Buffer.from(secret);
  it.each([
    ['as it is', secret],
    ['as JSON', JSON.stringify({ message: secret })],
    ['as JSON in JSON', JSON.stringify(JSON.stringify({ message: secret }))],
    ['as JSON with slashes escaped', JSON.stringify(secret).replaceAll('/', '\\/')],
    ['in base64', bytes.toString('base64')],
    ['in base64url', bytes.toString('base64url')],
    ['in base64, percent-encoded', encodeURIComponent(bytes.toString('base64'))],
    ['in hexadecimal', bytes.toString('hex')],
    ['in capital hexadecimal', bytes.toString('hex').toUpperCase()],
    ['percent-encoded', encodeURIComponent(secret)],
    ['as a form', encodeURIComponent(secret).replaceAll('%20', '+')],
  ])('strikes a secret out %s', (_how, text) => {
    expect(scrub(`before ${text} after`)).toMatch(/^before ["{\\:a-z]*\[redacted\][%0-9A-F=]*["}\\]* after$/);
  });

  it('finds a secret in base64 between whatever stands round it', () => {
    const around = fc.string({ unit: 'binary-ascii', maxLength: 9 });
    fc.assert(
      fc.property(around, around, (before, after) => {
        const text = Buffer.from(`${before}${secret}${after}`).toString('base64');
        expect(Buffer.from(scrub(text).replace('[redacted]', ''), 'base64').toString()).not.toContain(
          'canary-0123',
        );
        expect(scrub(text)).toContain('[redacted]');
      }),
    );
  });

  it('strikes short ones out where they stand alone, and leaves ordinary words', () => {
    expect(scrub('pass, "pass" but passport and by-pass_')).toBe(
      '[redacted], "[redacted]" but passport and by-pass_',
    );
    expect(createScrub(['abc', '1234'])('abc 1234')).toBe('abc 1234');
  });

  it('leaves the end of a longer secret nowhere', () => {
    expect(createScrub(['longsecret', 'longsecret-and-more'])('longsecret-and-more longsecret.')).toBe(
      '[redacted] [redacted].',
    );
  });

  it('knows a key of several lines by any of them', () => {
    const [first, second] = ['MIIEvQIBADANBgkqhkiG9w0BAQ', 'EFAASCBKcwggSjAgEAAoIBAQDL'];
    const pem = `-----BEGIN PRIVATE KEY-----\n${first}\n${second}\n-----END PRIVATE KEY-----\n`;
    expect(createScrub([pem])(`got ${second} and ${first}${second}`)).toBe('got [redacted] and [redacted]');
  });

  it('strikes out what is sent as credentials, though no configuration has it', () => {
    expect(scrub('"authorization":"Bearer 0a1b2c3d4e5f"')).toBe('"authorization":"Bearer [redacted]"');
    expect(scrub('token eyJhbGciOiJFUzI1NiJ9.eyJjYW5hcnkiOiJqd3QifQ.c2ln')).toBe('token [redacted]');
    expect(scrub('a bearer of news')).toBe('a bearer of news');
  });

  it('finds web tokens where an expression would', () => {
    const text = fc.string({
      unit: fc.constantFrom('eyJ', 'aaaa', 'bbbbbbbb', '.', '-', '_', ' '),
      maxLength: 20,
    });
    const plain = createScrub([]);
    fc.assert(
      fc.property(text, (given) => {
        const found = given.replace(/\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*/g, '[redacted]');
        expect(plain(given)).toBe(found);
      }),
      { numRuns: 2_000 },
    );
  });

  it('takes no longer than a text is long, whatever a provider sends', () => {
    // Each of these would take minutes where every beginning is followed to the end.
    for (const piece of ['-eyJ', '-eyJaaaaaaaa.', 'Bearer ', '.eyJaaaaaaaaaaa-']) {
      const text = piece.repeat(1_000_000 / piece.length);
      expect(createScrub([secret])(text).length).toBeLessThanOrEqual(text.length);
    }
  });
});
