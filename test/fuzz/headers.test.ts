import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AuthSettings, JwtSettings } from '../../src/config/server-settings.ts';
import { retryAfterMs } from '../../src/providers/answer.ts';
import { createAuthenticate } from '../../src/server/auth/authenticate.ts';
import { readCredentials } from '../../src/server/auth/credentials.ts';
import { createJwtVerifier } from '../../src/server/auth/jwt.ts';
import { readByteRange } from '../../src/server/export/byte-range.ts';
import { matches } from '../../src/server/export/etag.ts';
import { checkHost } from '../../src/server/http/host.ts';
import {
  AuthUnavailableError,
  MisdirectedError,
  UnauthenticatedError,
} from '../../src/server/http/refusal.ts';
import { parseHttpDate } from '../../src/upstream/http-date.ts';
import { createProviderClock } from '../../src/upstream/provider-clock.ts';
import { growsLinearly, runs, textsOf, unlessRefused } from './laws.ts';

const NOON = Date.UTC(2026, 10, 26, 12);
const instants = fc
  .integer({ min: Date.UTC(1970, 0, 1), max: Date.UTC(2069, 11, 31) })
  .map((at) => at - (at % 1_000));
const days = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];

/** The three forms of RFC 9110, 5.6.7. */
const forms: Readonly<Record<string, (at: number) => string>> = {
  imf: (at) => new Date(at).toUTCString(),
  rfc850(at) {
    const [, day, month, year = '', clock] = new Date(at).toUTCString().split(/[ ,]+/);
    return `${days[new Date(at).getUTCDay()]}, ${day}-${month}-${year.slice(2)} ${clock} GMT`;
  },
  asctime(at) {
    const [name, day = '', month, year, clock] = new Date(at).toUTCString().split(/[ ,]+/);
    return `${name} ${month} ${day.replace(/^0/, ' ')} ${clock} ${year}`;
  },
};
const dates = textsOf(
  fc.tuple(fc.constantFrom(...Object.values(forms)), instants).map(([form, at]) => form(at)),
  [
    'Mon',
    'GMT',
    'UTC',
    ',',
    ' ',
    '-',
    ':',
    '+0000',
    '+0800',
    '60',
    '31 Feb',
    '1e3',
    '5.5',
    'PM',
    '(',
    'Z',
    '99999999999',
  ],
);

describe('an HTTP date', () => {
  it.each(Object.entries(forms))('in the form %s is read to its instant', (_, form) => {
    fc.assert(
      fc.property(instants, (at) => {
        expect(parseHttpDate(form(at))).toBe(at);
      }),
      runs(60),
    );
  });

  it('of any text is read as whatever the text says, in no zone of this machine’s', () => {
    fc.assert(
      fc.property(dates, (text) => {
        const at = parseHttpDate(text);
        if (at !== null) expect(text).toMatch(/GMT|UTC|Z|[+-]\d\d|\d{4}$|^\d{4}-\d\d-\d\d$/i);
      }),
      runs(200),
    );
  });

  it('of an answer leaves the provider’s clock readable', () => {
    fc.assert(
      fc.property(fc.array(dates, { maxLength: 5 }), (headers) => {
        const clock = createProviderClock({ now: () => NOON, monotonic: () => 5_000, until: async () => {} });
        for (const header of headers) clock.note(header, { leftAt: 4_000, answeredAt: 4_900 });
        const { providerNow, providerLatest } = clock.read();
        expect([providerNow, providerLatest].every(Number.isSafeInteger)).toBe(true);
        expect(providerNow).toBeLessThanOrEqual(providerLatest);
      }),
      runs(60),
    );
  });
});

describe('Retry-After', () => {
  it('is at most a day, or nothing', () => {
    const header = textsOf(fc.oneof(fc.nat().map(String), dates), [
      '0',
      '-1',
      '9',
      's',
      '.',
      '999999999',
      ' ',
    ]);
    fc.assert(
      fc.property(header, fc.option(dates), (after, date) => {
        const headers = { 'retry-after': after, ...(date !== null && { date }) };
        const wait = retryAfterMs({ who: 'x', response: { status: 429, headers, text: '' }, now: NOON });
        if (wait === undefined) return;
        expect(wait).toBeGreaterThanOrEqual(0);
        expect(wait).toBeLessThanOrEqual(86_400_000);
        if (/^\s*\d{1,9}\s*$/.test(after)) expect(wait).toBe(Math.min(86_400_000, Number(after) * 1_000));
      }),
      runs(200),
    );
  });
});

describe('Authorization', () => {
  const key = fc.string({ minLength: 1 }).filter((text) => !/\s/.test(text));
  const words = ['Bearer', 'Basic', ' ', ':', '=', '.', 'a.b.c', 'Digest', '\t', '%'];
  const good = fc.oneof(
    key.map((text) => `Bearer ${text}`),
    key.map((text) => `Basic ${Buffer.from(`somebody:${text}`).toString('base64')}`),
  );

  it('gives the key that was sent, by either scheme', () => {
    fc.assert(
      fc.property(key, fc.constantFrom('bearer', 'Bearer', 'BEARER'), (text, scheme) => {
        expect(readCredentials(`${scheme} ${text}`)?.token).toBe(text);
        expect(readCredentials(`Basic ${Buffer.from(`x:${text}`).toString('base64')}`)?.token).toBe(text);
      }),
      runs(60),
    );
  });

  it('of any text names nobody without a key', async () => {
    const authenticate = createAuthenticate(
      {
        apiKeys: [{ name: 'bi', role: 'bi', key: 'a key of this test', calls: 1 }],
      } as unknown as AuthSettings,
      () => NOON,
    );
    await fc.assert(
      fc.asyncProperty(textsOf(good, words), async (header) => {
        await expect(authenticate(header)).rejects.toThrow(UnauthenticatedError);
      }),
      runs(150),
    );
  });

  it('with a token of any shape is refused before any issuer is believed', async () => {
    const verify = createJwtVerifier(
      {
        jwksUri: 'http://127.0.0.1:1/jwks',
        issuer: 'i',
        audience: 'a',
        clockTolerance: 0,
        roleClaim: 'role',
        accountsClaim: 'accounts',
        playerClaim: 'player',
      } as JwtSettings,
      () => NOON,
    );
    const part = fc
      .anything({ maxDepth: 1, withNullPrototype: false })
      .map((value) => Buffer.from(JSON.stringify(value) ?? '').toString('base64url'));
    const head = fc.record({
      alg: fc.constantFrom('none', 'HS256', 'RS256', 5),
      typ: fc.constantFrom('JWT', 5, null, 'logout+jwt'),
      kid: fc.string(),
      crit: fc.constantFrom(undefined, ['x'], 'x'),
    });
    const token = fc
      .tuple(
        fc.oneof(
          part,
          head.map((value) => Buffer.from(JSON.stringify(value)).toString('base64url')),
        ),
        part,
        part,
      )
      .map((parts) => parts.join('.'));
    await fc.assert(
      fc.asyncProperty(textsOf(token, ['.', 'e30', '=', 'eyJhbGciOiJub25lIn0']), async (text) => {
        const error: unknown = await verify(text).catch((refusal) => refusal);
        expect(
          error instanceof UnauthenticatedError || error instanceof AuthUnavailableError,
          String(error),
        ).toBe(true);
      }),
      runs(60),
    );
  });
});

describe('Range and If-None-Match', () => {
  it('name bytes of the file, or all of them, or none', () => {
    const range = fc
      .tuple(fc.option(fc.nat()), fc.option(fc.nat()))
      .map(([a, b]) => `bytes=${a ?? ''}-${b ?? ''}`);
    fc.assert(
      fc.property(
        textsOf(range, ['bytes', '=', '-', ',', '0', '9'.repeat(16), ' ']),
        fc.nat(),
        (header, size) => {
          const part = readByteRange(header, size);
          if (part === null || part === 'unsatisfiable') return;
          expect(part.start).toBeGreaterThanOrEqual(0);
          expect(part.end).toBeGreaterThanOrEqual(part.start);
          expect(part.end).toBeLessThan(size);
        },
      ),
      runs(200),
    );
    fc.assert(
      fc.property(fc.string(), (header) => typeof matches(header, '"x"') === 'boolean'),
      runs(40),
    );
  });
});

describe('Host', () => {
  it('is ours or misdirected', () => {
    const settings = { host: '127.0.0.1', allowedHosts: ['countroom.example.com'] };
    const hosts = textsOf(
      fc.constantFrom('localhost:4000', '[::1]:80', '127.0.0.1', 'countroom.example.com:1'),
      [':', '[', ']', '.', '127', '::ffff:', '0x7f'],
    );
    fc.assert(
      fc.property(hosts, (header) => {
        unlessRefused(MisdirectedError, () => checkHost(header, settings));
      }),
      runs(100),
    );
  });
});

describe('what reading a header costs', () => {
  it('grows as the header does', () => {
    growsLinearly(parseHttpDate, ['a', ' ', '0', ':'], (repeated) => `Thu, 26 Nov 2026 ${repeated}`);
    growsLinearly(readCredentials, ['a', ' ', ':', '.'], (repeated) => `Bearer ${repeated} `);
    growsLinearly((text) => readByteRange(text, 10), ['0', ' ', '-']);
    growsLinearly((text) => matches(text, '"x"'), [',', '"', ' ', 'W/"x",']);
    growsLinearly(
      (text) => unlessRefused(MisdirectedError, () => checkHost(text, { host: 'h', allowedHosts: [] })),
      [':', '0', '[', 'a.'],
    );
  });
});
