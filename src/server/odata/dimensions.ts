import type { RequestContext } from '../../graph/context.ts';
import { spellProvider } from '../../graph/schema/provider-name.ts';
import { checkTimeOfDay, checkTimeZone } from '../../graph/selection/checks.ts';
import { visibleAccounts } from '../../graph/selection/scope.ts';
import { createPeriodGrid, labelOf, periodOf } from '../../records/period.ts';
import { takeBounds } from './bounds.ts';
import type { NamedRow } from './evaluate.ts';
import type { QueryOptions } from './options.ts';
import { rangeOf, selectionOf } from './totals.ts';

const DAY_MS = 86_400_000;

/** Every player by the name shown, with how many usernames at providers it stands for. */
export async function readPlayers(context: RequestContext): Promise<readonly NamedRow[]> {
  const { onlyPlayer } = context.viewer;
  const seen = new Set(visibleAccounts(context).map(({ id }) => id));
  const usernames = await context.deps.archive.usernames(onlyPlayer === null ? null : [onlyPlayer]);
  const counts = new Map<string, number>();
  for (const { account, username } of usernames) {
    if (!seen.has(account)) continue;
    const player = context.players.shown(account, username);
    counts.set(player, (counts.get(player) ?? 0) + 1);
  }
  return [...counts].map(([player, count]) => ({ player, usernames: count })).sort(by('player'));
}

/** Every game that was bet on, by provider and code. */
export async function readGames(context: RequestContext): Promise<readonly NamedRow[]> {
  const column = (name: string) => ({ is: 'column', column: name }) as const;
  const { rows } = await context.deps.archive.table({
    rows: await selectionOf(context, 'BET'),
    steps: [
      {
        step: 'filter',
        where: { op: 'not', of: { op: 'isNull', column: 'gameCode' } },
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
  const zone = checkTimeZone(custom.timeZone);
  const dayStartsAt = checkTimeOfDay('dayStartsAt', custom.dayStartsAt);
  const { range: asked } = takeBounds(filter, 'date');
  const now = context.deps.clock();
  const held = (await rangeOf(context, 'BET', null)) ?? { from: now, to: now };
  const from = asked !== null && asked.from > 0 ? asked.from : held.from;
  const to = asked !== null && asked.to < now + 4_000 * DAY_MS ? asked.to : Math.max(now, held.to - 1) + 1;
  if (from >= to) return [];
  const range = { from: from - DAY_MS, to: to + DAY_MS };
  const days = createPeriodGrid('DAY', zone, range, dayStartsAt);
  const weeks = createPeriodGrid('WEEK', zone, range, dayStartsAt);
  const rows: NamedRow[] = [];
  const first = asked === null || asked.from === 0 ? from : from - DAY_MS;
  const end = asked === null || to !== asked.to ? to : to + DAY_MS;
  for (let day = periodOf(days, first); day.from < end; day = periodOf(days, day.to)) {
    const date = labelOf(days, day);
    const [year = 0, month = 0, dayOfMonth = 0] = date.split('-').map(Number);
    rows.push({
      date,
      year,
      quarter: Math.ceil(month / 3),
      month,
      day: dayOfMonth,
      // Monday is 1, as ISO 8601 has it.
      dayOfWeek: ((new Date(`${date}T00:00:00Z`).getUTCDay() + 6) % 7) + 1,
      yearMonth: date.slice(0, 7),
      week: labelOf(weeks, periodOf(weeks, day.from)),
      start: day.from,
      end: day.to,
    });
  }
  return rows;
}

function by(name: string): (a: NamedRow, b: NamedRow) => number {
  return (a, b) => Buffer.compare(Buffer.from(String(a[name])), Buffer.from(String(b[name])));
}
