import { Temporal } from '@js-temporal/polyfill';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createPeriodGrid, labelOf, type PeriodUnit, periodOf } from '../../src/records/period.ts';

const HOUR = 3_600_000;
const zones = [
  'UTC',
  'Asia/Shanghai',
  'Asia/Kolkata',
  'Asia/Kathmandu',
  'America/New_York',
  'America/St_Johns',
  'America/Sao_Paulo',
  'America/Havana',
  'Europe/London',
  'Australia/Lord_Howe',
  'Africa/Casablanca',
  'Asia/Beirut',
  'Pacific/Apia',
  'Pacific/Chatham',
];

const at = (text: string) => Temporal.Instant.from(text).epochMilliseconds;

function grid(unit: PeriodUnit, zone: string, from: number, dayStartsAtMs = 0) {
  return createPeriodGrid(unit, zone, { from, to: from + HOUR }, dayStartsAtMs);
}

/** The first instant at which the zone's clocks show this time or are past it, as Temporal has it. */
function firstShown(local: Temporal.PlainDateTime, zone: string): number {
  const earlier = local.toZonedDateTime(zone, { disambiguation: 'earlier' });
  if (earlier.toPlainDateTime().equals(local)) return earlier.epochMilliseconds;
  // Skipped by the clocks: they pass it in the moment they are put forward.
  const passed = earlier.getTimeZoneTransition('next');
  return passed?.epochMilliseconds ?? earlier.epochMilliseconds;
}

describe('periods of a zone', () => {
  it.each<[PeriodUnit, string, string, string, string, string]>([
    ['MONTH', 'UTC', '2026-11-21T10:00Z', '2026-11-01T00:00Z', '2026-12-01T00:00Z', '2026-11'],
    ['WEEK', 'UTC', '2026-11-21T10:00Z', '2026-11-16T00:00Z', '2026-11-23T00:00Z', '2026-W47'],
    ['WEEK', 'UTC', '2027-01-01T10:00Z', '2026-12-28T00:00Z', '2027-01-04T00:00Z', '2026-W53'],
    ['DAY', 'Asia/Shanghai', '2026-11-20T16:00Z', '2026-11-20T16:00Z', '2026-11-21T16:00Z', '2026-11-21'],
    ['DAY', 'America/New_York', '2026-11-01T12:00Z', '2026-11-01T04:00Z', '2026-11-02T05:00Z', '2026-11-01'],
    ['DAY', 'America/New_York', '2026-03-08T12:00Z', '2026-03-08T05:00Z', '2026-03-09T04:00Z', '2026-03-08'],
    [
      'HOUR',
      'America/New_York',
      '2026-11-01T05:30Z',
      '2026-11-01T05:00Z',
      '2026-11-01T06:00Z',
      '2026-11-01T01:00-04:00',
    ],
    [
      'HOUR',
      'America/New_York',
      '2026-11-01T06:30Z',
      '2026-11-01T06:00Z',
      '2026-11-01T07:00Z',
      '2026-11-01T01:00-05:00',
    ],
    [
      'HOUR',
      'Asia/Kolkata',
      '2026-11-21T00:00Z',
      '2026-11-20T23:30Z',
      '2026-11-21T00:30Z',
      '2026-11-21T05:00+05:30',
    ],
    ['HOUR', 'UTC', '2026-11-21T00:00Z', '2026-11-21T00:00Z', '2026-11-21T01:00Z', '2026-11-21T00:00+00:00'],
  ])('cuts a %s in %s round %s', (unit, zone, instant, from, to, label) => {
    const periods = grid(unit, zone, at(instant));
    const period = periodOf(periods, at(instant));
    expect(period).toEqual({ from: at(from), to: at(to) });
    expect(labelOf(periods, period)).toBe(label);
  });

  it('starts business days, weeks and months at the time of day given', () => {
    const sixOClock = 6 * HOUR;
    const night = at('2026-12-01T05:59Z');
    const day = grid('DAY', 'UTC', night, sixOClock);
    expect(labelOf(day, periodOf(day, night))).toBe('2026-11-30');
    expect(periodOf(day, night)).toEqual({ from: at('2026-11-30T06:00Z'), to: at('2026-12-01T06:00Z') });
    const month = grid('MONTH', 'UTC', night, sixOClock);
    expect(labelOf(month, periodOf(month, night))).toBe('2026-11');
    expect(periodOf(month, night).to).toBe(at('2026-12-01T06:00Z'));
  });

  it('begins a day once where clocks go back past its start', () => {
    // Newfoundland's clocks went from 00:01 back to 23:01 of the day before.
    const zone = 'America/St_Johns';
    const days = createPeriodGrid('DAY', zone, {
      from: at('2010-11-06T12:00Z'),
      to: at('2010-11-07T12:00Z'),
    });
    const first = periodOf(days, at('2010-11-07T02:31Z'));
    expect(first).toEqual({ from: at('2010-11-07T02:30Z'), to: at('2010-11-08T03:30Z') });
    expect(labelOf(days, first)).toBe('2010-11-07');
    expect(periodOf(days, at('2010-11-07T02:45Z'))).toEqual(first);
  });

  it('leaves out a day that a zone skipped', () => {
    const days = createPeriodGrid('DAY', 'Pacific/Apia', {
      from: at('2011-12-30T00:00Z'),
      to: at('2011-12-31T00:00Z'),
    });
    const before = periodOf(days, at('2011-12-30T09:59Z'));
    const after = periodOf(days, at('2011-12-30T10:00Z'));
    expect([labelOf(days, before), labelOf(days, after)]).toEqual(['2011-12-29', '2011-12-31']);
    expect(before.to).toBe(after.from);
  });

  it('names a zone that is not there', () => {
    expect(() => grid('DAY', 'Asia/Atlantis', 0)).toThrowError(/timeZone: expected .*, got Asia\/Atlantis/);
  });

  it('agrees with Temporal for any instant, zone and start of day, and tiles time', () => {
    const instants = fc.integer({ min: at('1990-01-01T00:00Z'), max: at('2037-01-01T00:00Z') });
    // Round the changes of clocks: nearly every mistake lives there.
    const nearChange = fc.tuple(
      instants,
      fc.constantFrom(...zones),
      fc.integer({ min: -26 * HOUR, max: 26 * HOUR }),
    );
    const units = fc.constantFrom<PeriodUnit[]>('DAY', 'WEEK', 'MONTH');
    const starts = fc.constantFrom(0, 1.5 * HOUR, 2.5 * HOUR, 6 * HOUR, 23.75 * HOUR);
    fc.assert(
      fc.property(nearChange, units, starts, ([around, zone, shift], unit, dayStartsAtMs) => {
        const change = Temporal.Instant.fromEpochMilliseconds(around)
          .toZonedDateTimeISO(zone)
          .getTimeZoneTransition('next');
        const instant = (change?.epochMilliseconds ?? around) + shift;
        const periods = grid(unit, zone, instant, dayStartsAtMs);
        const period = periodOf(periods, instant);
        expect(period.from).toBeLessThanOrEqual(instant);
        expect(period.to).toBeGreaterThan(instant);
        expect(periodOf(periods, period.from)).toEqual(period);
        expect(periodOf(periods, period.to - 1)).toEqual(period);
        expect(periodOf(periods, period.to).from).toBe(period.to);

        const label = labelOf(periods, period);
        if (unit === 'WEEK') return;
        const date = Temporal.PlainDate.from(unit === 'MONTH' ? `${label}-01` : label);
        const time = Temporal.PlainTime.from('00:00').add({ milliseconds: dayStartsAtMs });
        const next = date.add(unit === 'MONTH' ? { months: 1 } : { days: 1 });
        expect(period.from).toBe(firstShown(date.toPlainDateTime(time), zone));
        expect(period.to).toBe(firstShown(next.toPlainDateTime(time), zone));
      }),
      { numRuns: 300 },
    );
  });

  it('keeps every hour of the clock apart, with its offset in the label', () => {
    const instants = fc.integer({ min: at('2015-01-01T00:00Z'), max: at('2030-01-01T00:00Z') });
    fc.assert(
      fc.property(
        instants,
        fc.constantFrom(...zones),
        fc.integer({ min: -3 * HOUR, max: 3 * HOUR }),
        (around, zone, shift) => {
          const change = Temporal.Instant.fromEpochMilliseconds(around)
            .toZonedDateTimeISO(zone)
            .getTimeZoneTransition('next');
          const instant = (change?.epochMilliseconds ?? around) + shift;
          const periods = grid('HOUR', zone, instant);
          const period = periodOf(periods, instant);
          expect(periodOf(periods, period.to).from).toBe(period.to);
          const start = Temporal.Instant.fromEpochMilliseconds(period.from).toZonedDateTimeISO(zone);
          const here = Temporal.Instant.fromEpochMilliseconds(instant).toZonedDateTimeISO(zone);
          expect([start.hour, start.offset]).toEqual([here.hour, here.offset]);
          expect(labelOf(periods, period)).toBe(
            `${start.toPlainDateTime().toString().slice(0, 16)}${start.offset}`,
          );
        },
      ),
      { numRuns: 200 },
    );
  });
});
