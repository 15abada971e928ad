import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readFilter, readOrderBy } from '../../src/server/odata/filter.ts';
import { matches } from '../../src/server/odata/matches.ts';
import {
  accounts,
  calendar,
  changes,
  coverage,
  games,
  players,
  rowSets,
  totalsSets,
} from '../../src/server/odata/model.ts';
import { ODataError } from '../../src/server/odata/odata-error.ts';
import {
  commonOptions,
  namesOf,
  queryOptions,
  readOptions,
  readRawOptions,
} from '../../src/server/odata/options.ts';
import { readPath } from '../../src/server/odata/path.ts';
import { readTokens } from '../../src/server/odata/tokens.ts';
import { growsLinearly, runs, textsOf, unlessRefused } from './laws.ts';
import { applies, filters, goodFilters, orders, selections } from './odata-texts.ts';

const sets = [
  ...rowSets({ raw: true }),
  ...totalsSets,
  players,
  games,
  accounts,
  calendar,
  coverage,
  changes,
];
const bets = sets[0]!.type;
const allowed = [...queryOptions, ...commonOptions];

/** Reads a whole query string as a request does. */
function readQuery(search: string): void {
  const options = readOptions(readRawOptions(search, allowed), bets);
  namesOf(options, bets);
}

const row = {
  stake: '1.50',
  account: 'vp',
  gameCode: 'b',
  currency: 'THB',
  settledAt: 0,
  player: 'ann',
  status: null,
};

describe('a $filter', () => {
  it('that is good is read, and holds of a row or not', () => {
    fc.assert(
      fc.property(goodFilters, (text) => {
        const filter = unlessRefused(ODataError, () => readFilter(text, bets));
        if (filter !== undefined) expect(typeof matches(filter, row)).toBe('boolean');
      }),
      runs(150),
    );
  });

  it('is read or refused by naming what is wrong, whatever the text', () => {
    fc.assert(
      fc.property(filters, (text) => {
        const filter = unlessRefused(ODataError, () => readFilter(text, bets));
        if (filter !== undefined) matches(filter, row);
      }),
      runs(400),
    );
  });
});

describe('the other options', () => {
  it.each([
    ['$orderby', orders],
    ['$apply', applies],
    ['$select', selections],
  ] as const)('%s is read or refused, whatever the text', (option, texts) => {
    fc.assert(
      fc.property(texts, filters, (text, alias) => {
        unlessRefused(ODataError, () => readQuery(`${new URLSearchParams({ [option]: text, '@a': alias })}`));
      }),
      runs(200),
    );
  });

  it('of a whole query are read or refused, whatever stands in it', () => {
    const name = fc.oneof(
      fc.constantFrom(...allowed, '@a', '$expand', '__proto__', 'constructor', '$top'),
      fc.string(),
    );
    const value = fc.oneof(
      filters,
      fc.string({ unit: 'binary' }),
      fc.integer().map(String),
      fc.constantFrom('true', '1e3', '-1', ''),
    );
    const query = fc
      .array(fc.tuple(name, value), { maxLength: 5 })
      .map((pairs) => `${new URLSearchParams(pairs.map(([a, b]) => [a, b]))}`);
    fc.assert(
      fc.property(textsOf(query, ['&', '=', '%', '%00', '+', '%zz', '$filter', '@a']), (search) => {
        unlessRefused(ODataError, () => readQuery(search));
      }),
      runs(200),
    );
  });
});

describe('a path', () => {
  it('leads to something or is not found, whatever the text', () => {
    const good = fc
      .tuple(
        fc.constantFrom(...sets.map(({ name }) => name)),
        fc.constantFrom('', "('a')", "(account='a',kind='BET',from=2026-11-01)", '(1)'),
        fc.constantFrom('', '/$count', '/stake', '/stake/$value', '/'),
      )
      .map((parts) => parts.join(''));
    fc.assert(
      fc.property(
        textsOf(fc.oneof(good, fc.constant('$metadata')), [
          '(',
          ')',
          "'",
          '/',
          '$',
          '=',
          ',',
          '\n',
          'Bets',
          '$count',
        ]),
        (path) => {
          unlessRefused(ODataError, () => readPath(path, sets));
        },
      ),
      runs(200),
    );
  });
});

describe('what reading costs', () => {
  const read = (text: string) => unlessRefused(ODataError, () => readFilter(text, bets));

  it('grows as the text does', () => {
    growsLinearly(
      (text) => unlessRefused(ODataError, () => readTokens(text)),
      ["'", "''", '1', '1.', '-', '(', 'a', 'a.', '2026-11-01T', ' ', '@'],
    );
    growsLinearly(read, ['(', '-', 'not ', 'stake ', "'a',", 'length(']);
    growsLinearly(read, ['stake eq 1 or ', 'not stake eq 1 and '], (repeated) => `${repeated}stake eq 1`);
    growsLinearly(read, ["'a',"], (repeated) => `account in (${repeated}'a')`);
    growsLinearly(
      (text) => unlessRefused(ODataError, () => readOrderBy(text, bets)),
      ['stake,', 'stake desc,'],
    );
    growsLinearly(
      (text) => unlessRefused(ODataError, () => readPath(text, sets)),
      ['(', ')', '/', 'a', "'"],
      (repeated) => `Bets(${repeated})x`,
    );
  });

  it('grows as the query does, also where it repeats an alias', () => {
    const asked = (text: string) => unlessRefused(ODataError, () => readQuery(text));
    growsLinearly(asked, ['@a,'], (repeated) => `$filter=account in (${repeated}@a)&@a='${repeated}'`);
    growsLinearly(
      asked,
      ['@a add '],
      (repeated) => `$filter=${repeated}1 eq 1&@a=(${repeated.replaceAll('@a', '1')}1)`,
    );
    growsLinearly(asked, [' add 1', ' sub stake', ' mul 1'], (repeated) => `$filter=stake${repeated} eq 1`);
    growsLinearly(asked, ['-('], (repeated) => `$filter=${repeated}stake`);
    growsLinearly(asked, ['id,'], (repeated) => `$select=${repeated}id`);
    growsLinearly(asked, ['stake with sum as a,'], (repeated) => `$apply=aggregate(${repeated}$count as n)`);
    growsLinearly(asked, ['groupby((account))/'], (repeated) => `$apply=${repeated}identity`);
  });
});
