import type { RequestContext } from '../../graph/context.ts';
import { spellProvider } from '../../graph/schema/provider-name.ts';
import { checkTimeOfDay, checkTimeZone } from '../../graph/selection/checks.ts';
import { playersAsked, visibleAccounts } from '../../graph/selection/scope.ts';
import type { Interval } from '../../records/interval.ts';
import { createPeriodGrid, labelOf, periodOf } from '../../records/period.ts';
import { takeBounds } from './bounds.ts';
import type { NamedRow } from './evaluate.ts';
import type { QueryOptions } from './options.ts';
import { rangeOf, selectionOf } from './totals.ts';

const DAY_MS = 86_400_000;

/** The players of these names as shown, or (null) all, with how many usernames at providers each stands for. */
export async function readPlayers(
  context: RequestContext,
  names: readonly string[] | null,
): Promise<readonly NamedRow[]> {
  const seen = new Set(visibleAccounts(context).map(({ id }) => id));
  const usernames = await context.deps.archive.usernames(await playersAsked(context, names));
  const counts = new Map<string, number>();
  for (const { account, username } of usernames) {
    if (!seen.has(account)) continue;
    const player = context.players.shown(account, username);
    counts.set(player, (counts.get(player) ?? 0) + 1);
  }
  return [...counts].map(([player, count]) => ({ player, usernames: count })).sort(by('player'));
}

/** The games of these codes, or (null) every one, that were bet on, by provider and code. */
export async function readGames(
  context: RequestContext,
  codes: readonly string[] | null,
): Promise<readonly NamedRow[]> {
  const column = (name: string) => ({ is: 'column', column: name }) as const;
  const { rows } = await context.deps.archive.table({
    rows: await selectionOf(context, 'BET'),
    steps: [
      {
        step: 'filter',
        where:
          codes === null
            ? { op: 'not', of: { op: 'isNull', column: 'gameCode' } }
            : { op: 'in', column: 'gameCode', values: codes },
      },
      {
        step: 'group',
        by: ['provider', 'gameCode'].map((name) => ({ name, value: column(name) })),
        aggregates: ['gameType', 'brand'].map((name) => ({
          name,
          of: { method: 'max', value: column(name) },
        })),
      },
    ],
    place: {
      orderBy: ['provider', 'gameCode'].map((name) => ({ value: column(name), descending: false })),
      after: null,
      skip: 0,
      limit: 1_000_000,
    },
  });
  return rows.map(([provider = null, gameCode = null, gameType = null, brand = null]) => ({
    provider: spellProvider(String(provider)),
    gameCode,
    gameType,
    brand,
  }));
}

export async function readAccounts(context: RequestContext): Promise<readonly NamedRow[]> {
  return visibleAccounts(context)
    .map(({ id, provider }) => ({ account: id, provider: spellProvider(provider) }))
    .sort(by('account'));
}

/** Every business day from the first bet to today, in the zone asked for; bounds on `date` say otherwise. */
export async function readCalendar(
  context: RequestContext,
  { filter, custom }: QueryOptions,
): Promise<readonly NamedRow[]> {
  const { range: asked } = takeBounds(filter, 'date');
  const now = context.deps.clock();
  const held = (await rangeOf(context, 'BET', null)) ?? { from: now, to: now };
  const from = asked !== null && asked.from > 0 ? asked.from : held.from;
  const to = asked !== null && asked.to < now + 4_000 * DAY_MS ? asked.to : Math.max(now, held.to - 1) + 1;
  const calendar = createCalendar(custom, { from, to: Math.max(from, to) });
  if (from >= to) return [];
  const first = asked === null || asked.from === 0 ? from : from - DAY_MS;
  const end = asked === null || to !== asked.to ? to : to + DAY_MS;
  return calendar.rows({ from: first, to: end });
}

/** The business days of a zone that lie about a range. */
export interface BusinessCalendar {
  /** The day that an instant of the range lies in, as `2026-11-21`. */
  dateOf(instant: number): string;
  /** A row for each day from the one that holds the start of a range to the one before its end. */
  rows(range: Interval): readonly NamedRow[];
}

/** Throws a BadUserInputError for a zone that is not there, or a time that is none of a day. */
export function createCalendar(
  { timeZone, dayStartsAt }: QueryOptions['custom'],
  about: Interval,
): BusinessCalendar {
  const zone = checkTimeZone(timeZone);
  const startsAt = checkTimeOfDay('dayStartsAt', dayStartsAt);
  const range = { from: about.from - DAY_MS, to: about.to + DAY_MS };
  const days = createPeriodGrid('DAY', zone, range, startsAt);
  const weeks = createPeriodGrid('WEEK', zone, range, startsAt);
  return {
    dateOf: (instant) => labelOf(days, periodOf(days, instant)),
    rows({ from, to }) {
      const rows: NamedRow[] = [];
      for (let day = periodOf(days, from); day.from < to; day = periodOf(days, day.to))
        rows.push(calendarRow(labelOf(days, day), labelOf(weeks, periodOf(weeks, day.from)), day));
      return rows;
    },
  };
}

function calendarRow(date: string, week: string, { from: start, to: end }: Interval): NamedRow {
  const [year = 0, month = 0, day = 0] = date.split('-').map(Number);
  return {
    date,
    year,
    quarter: Math.ceil(month / 3),
    month,
    day,
    // Monday is 1, as ISO 8601 has it.
    dayOfWeek: ((new Date(`${date}T00:00:00Z`).getUTCDay() + 6) % 7) + 1,
    yearMonth: date.slice(0, 7),
    week,
    start,
    end,
  };
}

function by(name: string): (a: NamedRow, b: NamedRow) => number {
  return (a, b) => Buffer.compare(Buffer.from(String(a[name])), Buffer.from(String(b[name])));
}
