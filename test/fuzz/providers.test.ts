import fc from 'fast-check';
import { parse, stringify } from 'lossless-json';
import { describe, expect, it } from 'vitest';
import { UpstreamError } from '../../src/errors.ts';
import { parsePrivateKey } from '../../src/providers/ebet/private-key.ts';
import { readJson, readObject } from '../../src/providers/json.ts';
import type { FeedSpec, Provider } from '../../src/providers/provider.ts';
import { providers } from '../../src/providers/registry.ts';
import type { Sandbox } from '../../src/providers/sandbox.ts';
import { decrypt, encrypt } from '../../src/providers/vertexplay/cipher.ts';
import { fits, parseDecimal } from '../../src/records/decimal.ts';
import type { FieldSpec } from '../../src/records/field.ts';
import { kinds } from '../../src/records/kinds/kinds.ts';
import type { RecordOf } from '../../src/records/record.ts';
import { answerOf, askOf, directExchange } from '../providers/direct-exchange.ts';
import { growsLinearly, runs, textsOf } from './laws.ts';

const START = Date.UTC(2026, 10, 21, 12);
const MINUTE = 60_000;

const jsonWords = [
  ...[
    '{',
    '}',
    '[',
    ']',
    ':',
    ',',
    '"',
    '\\',
    'null',
    'true',
    'NaN',
    '-',
    '+',
    '.',
    'e',
    'E',
    '0',
    '1e999',
    '\\u0000',
    '\\ud800',
  ],
  ...[
    ' ',
    '\n',
    '\t',
    '\u00a0',
    '\ufeff',
    '\0',
    '/*',
    '//',
    '__proto__',
    '"data"',
    '"code"',
    '"status"',
    '"list"',
    '[[',
    '{"":',
  ],
  ...['12345678901234567890123', '1e-400', '"2026-11-21T00:00:00Z"', '""', '[]', '{}'],
];

/** Values no row should hold, but may. */
const odd = fc.oneof(
  fc.constantFrom(
    'null',
    'true',
    '[]',
    '{}',
    '""',
    '"\\u0000"',
    '"\\ud83d"',
    '1e30',
    '-0',
    '0.1e-30',
    '99999999999999999999.999999999999999999',
    '-99999999999999999999.9',
  ),
  fc.constantFrom(
    '"1,5"',
    '" 1"',
    '"NaN"',
    '"0001-01-01T00:00:00Z"',
    '"2026-02-30T00:00:00.000+0800"',
    '253402300800000',
    '4102444800000',
    '{"toString":1}',
    '[[[1]]]',
  ),
  fc.json({ maxDepth: 2 }),
  fc.string({ unit: 'binary' }).map((text) => JSON.stringify(text)),
);

class Refused extends Error {}
const strictly = (text: string) => readJson(text, (cause) => new Refused('', { cause }));

interface Scene {
  readonly path: string;
  /** What the sandbox answers, and its rows' texts. */
  readonly good: string;
  readonly rows: readonly string[];
  /** Reads a page whose answer is this text; null where that is refused by an UpstreamError. */
  read(text: string): Promise<Awaited<ReturnType<ReturnType<Provider['connect']>['readPage']>> | null>;
}

async function setUp(provider: Provider, { kind, limits }: FeedSpec): Promise<Scene> {
  const clock = () => START;
  const sandbox: Sandbox = (await provider.loadSandbox())({ clock, minIntervalMs: 0, rowsPerMinute: 1 });
  const { account } = sandbox;
  const interval = { from: START - 15 * MINUTE, to: START - 12 * MINUTE };
  let sent: string | null = null;
  let path = '';
  let good = '';
  const exchange = directExchange((request) => {
    const reply = answerOf(sandbox)(request);
    // The last request of a read is for its rows; what comes before is a login.
    if (request.path.includes('auth')) return reply;
    [path, good] = [request.path, reply.text];
    return sent === null ? reply : { ...reply, text: sent };
  }, clock);
  const connection = provider.connect(
    {
      id: 'fuzzed',
      currency: typeof account['currency'] === 'string' ? account['currency'] : null,
      credentials: provider.credentials.parse(account['credentials']),
      options: provider.options.parse(account['options'] ?? {}),
    },
    { exchange, clock },
  );
  const ask = askOf(limits, interval);
  const { rows } = await connection.readPage(kind, ask);
  const text = good;
  return {
    path,
    good: text,
    rows: rows.map(({ raw }) => raw),
    async read(spoilt) {
      sent = spoilt;
      try {
        return await connection.readPage(kind, ask);
      } catch (error) {
        if (error instanceof UpstreamError) return null;
        throw error;
      }
    },
  };
}

/** Whether the archive can hold a record as it is. */
function expectArchivable(kind: FeedSpec['kind'], record: RecordOf[FeedSpec['kind']]): void {
  const values: Readonly<Record<string, unknown>> = { ...record };
  expect(record.key).not.toBe('');
  expect(record.providerUsername).not.toBe('');
  expect(record.axisAt).toBeGreaterThanOrEqual(Date.UTC(2000, 0, 1));
  expect(JSON.stringify([record.key, record.providerUsername])).not.toMatch(/\\u0000|\\ud[89ab]/i);
  for (const [name, { type }] of Object.entries<FieldSpec>(kinds[kind].fields)) {
    const value = values[name];
    if (type !== 'decimal' || value === null) continue;
    expect(parseDecimal(String(value)), name).toEqual({ value });
    expect(fits(value as never), `${name} ${value}`).toBe(true);
  }
}

const feeds = providers.flatMap((provider) =>
  provider.feeds.map((spec) => [`${provider.name} ${spec.kind}`, provider, spec] as const),
);

describe.each(feeds)('an answer to %s', (_, provider, spec) => {
  it('is read or refused by an UpstreamError, whatever the text, and what is read can be archived', async () => {
    const scene = await setUp(provider, spec);
    await fc.assert(
      fc.asyncProperty(textsOf(fc.constant(scene.good), jsonWords), async (text) => {
        const page = await scene.read(text);
        if (page === null) return;
        expect(page.rows.length + page.quarantined.length).toBe(page.count);
        for (const row of page.rows) expectArchivable(spec.kind, row);
      }),
      runs(120),
    );
  });

  it('loses one row at most to one odd value, which is kept as it came', async () => {
    const scene = await setUp(provider, spec);
    const [row = '', ...others] = scene.rows;
    const names = Object.keys(parse(row) as object);
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...names), odd, async (name, value) => {
        const fields = Object.entries(parse(row) as Record<string, unknown>);
        const spoilt = `{${fields.map(([of, now]) => `${JSON.stringify(of)}:${of === name ? value : stringify(now)}`).join(',')}}`;
        const page = await scene.read(scene.good.replace(row, () => spoilt));
        expect(page).not.toBeNull();
        const rows = page?.rows.map(({ raw }) => raw) ?? [];
        expect([...rows, ...(page?.quarantined.map(({ raw }) => raw) ?? [])].sort()).toEqual(
          [spoilt, ...others].sort(),
        );
        expect(rows).toEqual(expect.arrayContaining(others));
        for (const each of page?.rows ?? []) expectArchivable(spec.kind, each);
      }),
      runs(100),
    );
  });
});

describe('JSON', () => {
  it('is taken and refused as the strict parser does, whatever the text, its rows when they are read', () => {
    const read = (text: string): unknown => {
      try {
        // Spelling it reads every row there is.
        return stringify(strictly(text));
      } catch (error) {
        if (error instanceof Refused) return Refused;
        throw error;
      }
    };
    const parsed = (text: string): unknown => {
      try {
        return stringify(parse(text));
      } catch {
        return Refused;
      }
    };
    fc.assert(
      fc.property(textsOf(fc.json({ maxDepth: 3 }), jsonWords), (text) => {
        expect(read(text)).toBe(parsed(text));
      }),
      runs(400),
    );
  });

  it.each(['[', '{"a":', '[{"a":', '[[1,'])('of %s in itself is read or refused, however deep', (unit) => {
    const close = [...unit]
      .filter((each) => each === '[' || each === '{')
      .reverse()
      .map((each) => (each === '[' ? ']' : '}'))
      .join('');
    for (const depth of [50, 100, 1_000, 3_000, 10_000, 100_000]) {
      const text = `${unit.repeat(depth)}1${close.repeat(depth)}`;
      for (const list of [text, `[${text}]`]) {
        try {
          const value = strictly(list);
          for (const each of Array.isArray(value) ? value : []) readObject(each);
        } catch (error) {
          expect(error).toBeInstanceOf(Refused);
        }
      }
    }
  });

  it('costs no more than its length', () => {
    const read = (text: string): void => {
      try {
        const value = strictly(text);
        for (const each of Array.isArray(value) ? value : []) readObject(each);
      } catch (error) {
        expect(error).toBeInstanceOf(Refused);
      }
    };
    growsLinearly(read, ['[', '{', '"', '\\', '\\"', '"\\', ' ', '9', '-', '{"a":', '[{', '}', ',']);
    growsLinearly(read, ['\\\\', '\\"', 'a', ' '], (repeated) => `[{"a":"${repeated}", "b":1}]`);
    growsLinearly(read, ['{"a":1, "b":"\\n"},', '1,', '[],'], (repeated) => `[${repeated}{}]`);
    growsLinearly(read, ['x'], (repeated) => `{${[...repeated].map((_, at) => `"k${at}":1`).join()}}`);
  });
});

describe('what is sealed or signed with', () => {
  it('comes back from the cipher, and nothing comes out of a text that was changed', () => {
    const key = Buffer.alloc(32, 7);
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        expect(decrypt(encrypt(text, key), key)).toBe(text);
        expect(decrypt(encrypt(text, key), Buffer.alloc(32, 8))).toBeNull();
      }),
      runs(40),
    );
    const sealed = fc.string().map((text) => encrypt(text, key, Buffer.alloc(12)));
    fc.assert(
      fc.property(textsOf(sealed, ['A', '=', '+', '/', '-', ' ']), (text) => {
        const opened = decrypt(text, key);
        expect(opened === null || typeof opened === 'string').toBe(true);
      }),
      runs(100),
    );
  });

  it('is a key, or words for what is wrong with it that quote none of it', () => {
    const pem = fc
      .string({ minLength: 20 })
      .map(
        (text) =>
          `-----BEGIN PRIVATE KEY-----\n${Buffer.from(text).toString('base64')}\n-----END PRIVATE KEY-----`,
      );
    fc.assert(
      fc.property(textsOf(pem, ['-----', 'BEGIN', 'RSA PRIVATE KEY', '\\n', '=', ' ']), (text) => {
        expect(parsePrivateKey(text)).toMatch(/^expected an RSA private key/);
      }),
      runs(100),
    );
    growsLinearly(
      parsePrivateKey,
      ['-----BEGIN A-----', 'A', '-----', '\\n', 'A '],
      (repeated) => `-----BEGIN A-----${repeated}`,
    );
  });
});
