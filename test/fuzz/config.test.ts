// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the configuration's variables are spelt so
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse as parseCsv } from 'csv-parse/sync';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { urlFault } from '../../src/config/base-url.ts';
import { loadConfig } from '../../src/config/load.ts';
import { toNamePattern } from '../../src/config/name-pattern.ts';
import { readPlayersFile } from '../../src/config/players-file.ts';
import { resolveVariables } from '../../src/config/variables.ts';
import { UsageError } from '../../src/errors.ts';
import { providers } from '../../src/providers/registry.ts';
import { csvHeader, csvLine } from '../../src/server/export/csv.ts';
import { readSafelist } from '../../src/server/graphql/safelist.ts';
import { folderWith, oneAccount } from '../config/files.ts';
import { growsLinearly, runs, textsOf, unlessRefused } from './laws.ts';

const SECRET = 'a-secret-that-nobody-may-read';

const key = fc.constantFrom(
  ...[
    'server',
    'log',
    'archive',
    'sync',
    'accounts',
    'players',
    'auth',
    'federation',
    'id',
    'provider',
    'baseUrl',
  ],
  ...[
    'credentials',
    'options',
    'limits',
    'BET',
    'grid',
    'timeout',
    'apiKeys',
    'jwt',
    'key',
    'role',
    'rules',
    'match',
  ],
  ...[
    'host',
    'port',
    'url',
    'cors',
    'origins',
    'revisits',
    'since',
    'file',
    'level',
    'safelist',
    '__proto__',
    'toString',
    'constructor',
    '<<',
  ],
);
const leaf = fc.oneof(
  fc.constantFrom(
    null,
    true,
    '',
    '3s',
    '99999999999999d',
    '${KEY}',
    '${KEY:-x}',
    '${',
    '$${',
    '${file:secret}',
    '[',
    '*',
    'vertexplay',
    'hotroad',
  ),
  fc.constantFrom(
    Number.NaN,
    Number.POSITIVE_INFINITY,
    -1,
    1e300,
    '2026-11-01',
    'http://h',
    'https://u:p@h',
    'duckdb:x',
    'postgres://x:y@h/d',
    '(a',
    '127.0.0.1',
  ),
  fc.string(),
  fc.double(),
);
const tree = fc.letrec((tie) => ({
  node: fc.oneof(
    { maxDepth: 5, depthSize: 'large' },
    leaf,
    fc.array(tie('node'), { maxLength: 3 }),
    fc.dictionary(key, tie('node'), { maxKeys: 6 }),
  ),
})).node;
const root = fc.dictionary(key, tree, { maxKeys: 8 }).map((value) => stringify(value));

const yamlWords = [
  ':',
  '- ',
  '\n',
  '\n  ',
  '\t',
  '{',
  '}',
  '[',
  ']',
  '&a ',
  '*a',
  '<<: *a',
  '!!binary ',
  '!!set ',
  '!x ',
  '|',
  '>',
  '"',
  "'",
  '#',
  '---',
  '%',
  '? ',
  '\0',
  '${KEY}',
  '${',
];
const files = textsOf(fc.oneof(root, fc.constant(oneAccount)), yamlWords);

/** Folders are costly: one, and a file that is written over. */
function reader() {
  const folder = folderWith({ secret: SECRET, 'countroom.yaml': '' });
  return (text: string) => {
    writeFileSync(join(folder, 'countroom.yaml'), text);
    return loadConfig({ env: { KEY: SECRET }, cwd: folder, providers });
  };
}

describe('a configuration', () => {
  it('is taken, or refused with all that is wrong and nothing that is secret, whatever is in it', () => {
    const load = reader();
    fc.assert(
      fc.property(files, (text) => {
        try {
          load(text);
        } catch (error) {
          expect(error, String((error as Error).stack)).toBeInstanceOf(UsageError);
          expect(String(error)).not.toContain(SECRET);
        }
      }),
      runs(150),
    );
  });

  it.each([
    ['lists in lists', '['.repeat(20_000)],
    [
      'mappings in mappings',
      Array.from({ length: 3_000 }, (_, depth) => `${' '.repeat(depth)}a:`).join('\n'),
    ],
    ['a mapping that holds itself', 'server: &a\n  cors: *a\n'],
    ['a list that holds itself', 'accounts: &a [*a]\n'],
    [
      'names of names',
      `a: &a [x,x]\n${Array.from({ length: 9 }, (_, at) => `b${at}: &b${at} [${`*${at === 0 ? 'a' : `b${at - 1}`},`.repeat(9)}]`).join('\n')}`,
    ],
    ['an id that is a mapping', 'accounts:\n  - id: { toString: 1 }\n'],
  ])('of %s is refused', (_, text) => {
    const load = reader();
    expect(() => load(text)).toThrow(UsageError);
  });

  it('says in variables what it says without them', () => {
    const plain = fc.string().filter((text) => !text.includes('${') && !text.endsWith('$'));
    fc.assert(
      fc.property(plain, plain, plain, (before, value, after) => {
        const filled = resolveVariables(`${before}\${V}${after}`, { env: { V: value }, folder: '/' });
        expect(filled).toMatchObject({ value: before + value + after, faults: [] });
        const escaped = resolveVariables(`${before}$\${${after}`, { env: {}, folder: '/' });
        expect(escaped.value).toBe(`${before}\${${after}`);
      }),
      runs(100),
    );
  });

  it('names an address that is one, or says what is expected', () => {
    const urls = textsOf(fc.webUrl({ withQueryParameters: true }), [
      'http:',
      '//',
      '@',
      ':',
      '?',
      '#',
      '[::1]',
      '\\',
      ' ',
      'file:',
      '%',
    ]);
    fc.assert(
      fc.property(urls, (text) => {
        if (urlFault(text, { allowHttp: true }) === null) expect(new URL(text).protocol).toMatch(/^https?:$/);
      }),
      runs(150),
    );
  });
});

describe('the pattern of a player’s name', () => {
  it('names any username or leaves it, once it was taken', () => {
    const pattern = textsOf(
      fc.constantFrom('^vp_(.*)$', '(?P<a>x)y', '[a-z]+', '(a|b)*', 'a{1,3}', '\\pL+', '^$'),
      [
        '(',
        ')',
        '[',
        ']',
        '{',
        '}',
        '?',
        '*',
        '+',
        '\\',
        '|',
        '^',
        '$',
        '\\1',
        '(?=',
        '(?<n>',
        '(?i)',
        '\\Q',
        '{1001}',
        '.',
      ],
    );
    const player = textsOf(fc.constantFrom('$1', '${a}', 'p', '\\$'), [
      '$',
      '\\',
      '{',
      '}',
      '$9',
      '$0',
      '${x}',
      '1',
    ]);
    fc.assert(
      fc.property(pattern, player, fc.string(), (source, name, username) => {
        const renamed = toNamePattern(source)?.rename(username, name) ?? null;
        expect(renamed === null || typeof renamed === 'string').toBe(true);
      }),
      runs(300),
    );
  });
});

describe('the file of players', () => {
  const cell = fc.string({ minLength: 1 }).filter((text) => text.trim() === text && !/[\0\r\n]/.test(text));

  it('gives the names that were written, whatever stands in them', () => {
    const folder = folderWith({});
    const file = join(folder, 'players.csv');
    const rows = fc.uniqueArray(fc.record({ username: cell, player: cell }), {
      selector: ({ username }) => username,
      maxLength: 5,
    });
    fc.assert(
      fc.property(rows, (names) => {
        const line = csvLine(
          ['account', 'username', 'player'].map((name) => ({ name, type: 'text' })),
          { guard: false },
        );
        const lines = names.map(({ username, player }) => line(['vp', username, player]));
        writeFileSync(file, `account,username,player\r\n${lines.join('')}`);
        const read = readPlayersFile(file, ['vp']);
        expect(read).toEqual({ rows: names.map((each) => ({ account: 'vp', ...each })), faults: [] });
      }),
      runs(80),
    );
  });

  it('is read, or its lines are refused by their numbers', () => {
    const folder = folderWith({});
    const file = join(folder, 'players.csv');
    const texts = textsOf(fc.constant('account,username,player\nvp,a,b\nvp,c,"d"\n'), [
      ',',
      '"',
      '""',
      '\n',
      '\r',
      '\r\n',
      '\ufeff',
      '\0',
      ' ',
      'account',
      'vp',
    ]);
    fc.assert(
      fc.property(texts, (text) => {
        writeFileSync(file, text);
        for (const fault of readPlayersFile(file, ['vp']).faults) expect(fault).toMatch(/^line \d+: /);
      }),
      runs(150),
    );
  });
});

describe('a CSV that is given', () => {
  it('is read again to what it was made of', () => {
    const text = fc.oneof(
      fc.string(),
      fc.string({ unit: 'binary' }),
      fc.constantFrom('', '"', '\r\n', ',', '=1', '\ufeff'),
    );
    const columns = [{ name: 'a' }, { name: 'b' }, { name: 'c' }];
    fc.assert(
      fc.property(
        fc.array(fc.tuple(text, text, text), { maxLength: 4 }),
        fc.constantFrom(',', ';', '\t', '|'),
        (rows, delimiter) => {
          const line = csvLine(
            columns.map(({ name }) => ({ name, type: 'text' })),
            { guard: false, delimiter },
          );
          const csv = csvHeader(columns, delimiter) + rows.map((row) => line(row)).join('');
          expect(parseCsv(csv, { delimiter, record_delimiter: '\r\n' })).toEqual([['a', 'b', 'c'], ...rows]);
        },
      ),
      runs(150),
    );
  });
});

describe('a file of persisted documents', () => {
  it('is read, or refused', () => {
    const folder = folderWith({});
    const file = join(folder, 'documents.json');
    fc.assert(
      fc.property(textsOf(fc.json(), ['{', '}', '[', ']', '"', ':', '__proto__']), (text) => {
        writeFileSync(file, text);
        unlessRefused(UsageError, () => readSafelist(file));
      }),
      runs(80),
    );
  });
});

describe('what reading a configuration costs', () => {
  it('grows as the file does', () => {
    const resolve = (text: string) => resolveVariables(text, { env: { V: 'v' }, folder: '/' });
    growsLinearly(resolve, ['${', '$${', '${V}', '${V', '}', '$', 'a']);
    growsLinearly((text) => toNamePattern(`^${text}$`), ['a', '(', 'a|', '[a]']);
  });
});
