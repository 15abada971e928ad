import fc from 'fast-check';
import { GraphQLError } from 'graphql';
import { describe, expect, it } from 'vitest';
import { readPort, readRange } from '../../src/commands/arguments.ts';
import { BadUserInputError, UsageError } from '../../src/errors.ts';
import { DateTime, Decimal, Duration } from '../../src/graph/schema/scalars.ts';
import { checkTimeOfDay, checkTimeZone } from '../../src/graph/selection/checks.ts';
import {
  formatBeijing,
  formatIso,
  formatIsoSeconds,
  formatOffsetTime,
  parseBeijing,
  parseIso,
  parseOffsetTime,
} from '../../src/providers/times.ts';
import { fits, parseDecimal, scaleOf, unitsOf } from '../../src/records/decimal.ts';
import { formatDuration, parseDuration } from '../../src/records/duration.ts';
import { parseInstant } from '../../src/records/instant.ts';
import { createPeriodGrid, labelOf, type PeriodUnit, periodOf } from '../../src/records/period.ts';
import { growsLinearly, runs, textsOf, unlessRefused } from './laws.ts';

const numbers = textsOf(
  fc
    .tuple(
      fc.bigInt({ min: -(10n ** 21n), max: 10n ** 21n }),
      fc.option(fc.bigInt({ min: 0n, max: 10n ** 19n })),
      fc.option(fc.integer({ min: -30, max: 30 })),
    )
    .map(
      ([whole, fraction, power]) =>
        `${whole}${fraction === null ? '' : `.${fraction}`}${power === null ? '' : `e${power}`}`,
    ),
  ['-', '+', '.', 'e', 'E', '0', '00', '1', '9', ',', ' ', 'NaN', 'Infinity', '0x1', '1e999', '1e-999', '٣'],
);

/** The exact value of a number's text by another way: a fraction of whole numbers. */
function fractionOf(text: string): readonly [bigint, bigint] {
  const [mantissa = '', power = '0'] = text.toLowerCase().split('e');
  const [whole = '', fraction = ''] = mantissa.split('.');
  const exponent = Number(power) - fraction.length;
  const units = BigInt(`${whole}${fraction}`.replace('-', '')) * (mantissa.startsWith('-') ? -1n : 1n);
  return exponent >= 0 ? [units * 10n ** BigInt(exponent), 1n] : [units, 10n ** BigInt(-exponent)];
}

describe('a decimal', () => {
  it('is read to its exact value or refused, whatever the text', () => {
    fc.assert(
      fc.property(numbers, (text) => {
        const read = parseDecimal(text);
        if ('fault' in read) return;
        const [units, of] = fractionOf(text);
        expect(unitsOf(read.value) * of).toBe(units * 10n ** BigInt(scaleOf(read.value)));
        expect(fits(read.value)).toBe(true);
        expect(parseDecimal(read.value)).toEqual(read);
      }),
      runs(400),
    );
  });

  it('costs no more than its length', () => {
    growsLinearly(parseDecimal, ['9', '0', '-', '.', '1e', ' ']);
    growsLinearly((text) => unlessRefused(GraphQLError, () => Decimal.parseValue(text)), ['9', '.']);
  });
});

const [FIRST, LAST] = ['0000-01-01T00:00:00.000Z', '9999-12-31T23:59:59.999Z'].map(Date.parse) as [
  number,
  number,
];
const instants = fc.oneof(
  fc.integer({ min: FIRST, max: LAST }),
  fc.constantFrom(FIRST, LAST),
  fc.integer({ min: Date.parse('0000-02-27'), max: Date.parse('0101-01-01') }),
);
const timeWords = [
  'T',
  't',
  'Z',
  'z',
  '+',
  '-',
  ':',
  '.',
  ' ',
  '00',
  '23',
  '24',
  '59',
  '60',
  '02',
  '29',
  '30',
  '31',
  '2026',
  '0000',
  '9999',
  '+14:00',
  '-23:59',
  '+0800',
  '000',
  '٣',
];
const times = textsOf(
  fc.oneof(
    instants.map(formatIso),
    instants.map(formatIsoSeconds),
    instants.map(formatBeijing),
    instants.map((at) => formatOffsetTime(at)),
    instants.map((at) => formatIso(at).slice(0, 10)),
    fc
      .tuple(instants, fc.constantFrom('+07:00', '-23:59', '+23:59'))
      .map(([at, offset]) => formatIso(at).replace('Z', offset)),
  ),
  timeWords,
);

describe('a time', () => {
  it.each([
    ['ISO 8601', parseInstant, formatIso, 1],
    ['ISO 8601 of providers', parseIso, formatIso, 1],
    ['whole seconds', parseIso, formatIsoSeconds, 1_000],
    ['an offset', parseOffsetTime, (at: number) => formatOffsetTime(at), 1],
    ['Beijing’s clock', parseBeijing, formatBeijing, 1_000],
  ] as const)('in %s comes back once it was read, whatever the text', (_, parse, format, step) => {
    fc.assert(
      fc.property(times, (text) => {
        const at = parse(text);
        if (at === null || !isSpellable(at)) return;
        expect(parse(format(at))).toBe(Math.floor(at / step) * step);
      }),
      runs(150),
    );
  });

  it('that a client may ask for can be told again, to the millisecond', () => {
    fc.assert(
      fc.property(times, (text) => {
        const at = unlessRefused(GraphQLError, () => DateTime.parseValue(text));
        if (at !== undefined) expect(DateTime.parseValue(DateTime.serialize(at))).toBe(at);
      }),
      runs(300),
    );
  });

  it('of the command line is read or refused with how it is used', () => {
    fc.assert(
      fc.property(times, times, (from, to) => {
        const range = unlessRefused(UsageError, () => readRange({ from, to }));
        if (range !== undefined) expect(range.from).toBeLessThan(range.to);
      }),
      runs(100),
    );
  });

  it('costs no more than its length', () => {
    for (const parse of [parseInstant, parseIso, parseOffsetTime, parseBeijing]) {
      growsLinearly(parse, ['0', '-', 'T'], (repeated) => `2026-11-01T00:00:00.${repeated}`);
    }
  });
});

/** What providers' times may be after 1900: their formats have four digits for a year, and Date.UTC reads 0 to 99 as 19xx. */
function isSpellable(at: number): boolean {
  return at >= Date.UTC(200, 0, 1) && at < Date.UTC(9999, 0, 1);
}

describe('a duration', () => {
  const durations = textsOf(
    fc.tuple(fc.nat(), fc.constantFrom('ms', 's', 'm', 'h', 'd')).map(([count, unit]) => `${count}${unit}`),
    ['ms', 's', 'm', 'h', 'd', '-', '.', ' ', '0', '999999999999', 'w', 'P1D'],
  );

  it('is refused, or the same however it is spelt', () => {
    fc.assert(
      fc.property(durations, (text) => {
        const ms = parseDuration(text);
        if (ms === null) return;
        expect(parseDuration(formatDuration(ms))).toBe(ms);
        expect(Duration.parseValue(Duration.serialize(ms))).toBe(ms);
      }),
      runs(300),
    );
  });
});

// Periods are named by the year they begin in, wherever the zone is.
const WEEKS = 40 * 86_400_000;

describe('a zone and a time of day', () => {
  const zones = textsOf(
    fc.constantFrom(
      'UTC',
      'Asia/Manila',
      'America/New_York',
      'Etc/GMT+12',
      '+05:30',
      '-23:59',
      'Europe/Berlin',
    ),
    ['/', '+', '-', '00', ':', '[', ']', '\0', 'Etc', 'GMT', 'utc', '2026-11-01T00:00Z', '24:00', 'ß'],
  );

  it('that are taken make a grid whose periods hold what they are named for', () => {
    const unit = fc.constantFrom<PeriodUnit>('HOUR', 'DAY', 'WEEK', 'MONTH');
    const clock = textsOf(fc.constantFrom('06:00', '00:00', '23:59'), ['24', ':', '60', '-', '+']);
    fc.assert(
      fc.property(zones, clock, unit, instants, (zone, startsAt, size, at) => {
        const name = unlessRefused(BadUserInputError, () => checkTimeZone(zone));
        const start = unlessRefused(BadUserInputError, () => checkTimeOfDay('dayStartsAt', startsAt)) ?? 0;
        if (name === undefined || at < FIRST + WEEKS || at > LAST - WEEKS) return;
        const grid = createPeriodGrid(size, name, { from: at, to: at + 86_400_000 }, start);
        const period = periodOf(grid, at);
        expect(period.from).toBeLessThanOrEqual(at);
        expect(period.to).toBeGreaterThan(at);
        expect(labelOf(grid, period)).toMatch(/^[+-]?\d{4,6}-/);
      }),
      runs(60),
    );
  });
});

describe('a port', () => {
  it('is one, or refused', () => {
    fc.assert(
      fc.property(textsOf(fc.nat().map(String), ['-', '.', 'e', '0x']), (text) => {
        const port = unlessRefused(UsageError, () => readPort(text));
        if (port !== undefined) expect(port).toBeLessThanOrEqual(65_535);
      }),
      runs(60),
    );
  });
});
