import { type ClockMeasure, MEASURES_BY_MINUTE_MS } from '../../records/clock-reading.ts';
import { createBinder, type Dialect, type Statement } from './dialect.ts';
import { type Cells, rowsOf } from './records.ts';

const HOUR_MS = 3_600_000;

/** Takes measures into those of the same minutes, and makes one of each hour of what is older than a day. */
export function writeClockStatements(
  dialect: Dialect,
  account: string,
  measures: readonly ClockMeasure[],
): Statement[] {
  const latest = Math.max(...measures.map(({ untilAt }) => untilAt));
  const statements = measures.map(({ untilAt, leastMs, mostMs }): Statement => {
    const binder = createBinder(dialect);
    const values = [untilAt, leastMs, mostMs].map((value) => binder.bind('int', Math.trunc(value)));
    const text = `INSERT INTO clock_measures (account, until_at, least_ms, most_ms)
      VALUES (${binder.bind('text', account)}, ${values.join(', ')}) ${asOne}`;
    return { text, values: binder.values };
  });
  const old = (binder: ReturnType<typeof createBinder>) => `account = ${binder.bind('text', account)}
      AND until_at < ${binder.bind('int', latest - MEASURES_BY_MINUTE_MS)} AND until_at % ${HOUR_MS} <> 0`;
  const [folding, leaving] = [createBinder(dialect), createBinder(dialect)];
  const hour = `until_at - until_at % ${HOUR_MS} + ${HOUR_MS}`;
  return [
    ...statements,
    {
      text: `INSERT INTO clock_measures (account, until_at, least_ms, most_ms)
      SELECT account, ${hour}, min(least_ms), max(most_ms) FROM clock_measures WHERE ${old(folding)}
      GROUP BY account, ${hour} ${asOne}`,
      values: folding.values,
    },
    { text: `DELETE FROM clock_measures WHERE ${old(leaving)}`, values: leaving.values },
  ];
}

const asOne = `ON CONFLICT (account, until_at) DO UPDATE SET
      least_ms = least(clock_measures.least_ms, excluded.least_ms),
      most_ms = greatest(clock_measures.most_ms, excluded.most_ms)`;

export function clockStatement(dialect: Dialect, account: string, since: number): Statement {
  const binder = createBinder(dialect);
  const cells = ['until_at', 'least_ms', 'most_ms'].map((name) => dialect.cell(name, 'int'));
  const text = `SELECT ${cells.join(', ')} FROM clock_measures
    WHERE account = ${binder.bind('text', account)} AND until_at > ${binder.bind('int', Math.trunc(since))}
    ORDER BY until_at`;
  return { text, values: binder.values };
}

/** How far the provider's clock was ahead of ours at the least, by all that was measured since an instant. */
export function leastSinceStatement(dialect: Dialect, account: string, since: number): Statement {
  const binder = createBinder(dialect);
  const text = `SELECT ${dialect.cell('min(least_ms)', 'int')} FROM clock_measures
    WHERE account = ${binder.bind('text', account)} AND until_at > ${binder.bind('int', Math.trunc(since))}`;
  return { text, values: binder.values };
}

export function toMeasures(cells: Cells): ClockMeasure[] {
  return rowsOf(cells).map(([untilAt, leastMs, mostMs]) => ({
    untilAt: Number(untilAt),
    leastMs: Number(leastMs),
    mostMs: Number(mostMs),
  }));
}
