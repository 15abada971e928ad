import { type Decimal, fromUnits, sum, unitsOf } from '../../records/decimal.ts';
import type { FlatValue } from '../export/flat-row.ts';
import { type NamedRow, operandValue } from './evaluate.ts';
import type { AskedAggregate, Transformation } from './filter.ts';
import { matches, orderOf } from './matches.ts';

/** What an `$apply` makes of rows that are all in memory. */
export function applyRows(rows: readonly NamedRow[], steps: readonly Transformation[]): readonly NamedRow[] {
  let made = rows;
  for (const step of steps) {
    if (step.step === 'filter') {
      made = made.filter((row) => matches(step.filter, row));
      continue;
    }
    const groups = new Map<string, NamedRow[]>();
    if (step.by.length === 0) groups.set('[]', []);
    for (const row of made) {
      const key = JSON.stringify(step.by.map(({ name }) => row[name] ?? null));
      const group = groups.get(key) ?? [];
      groups.set(key, group);
      group.push(row);
    }
    made = [...groups.values()].map((group) => ({
      ...Object.fromEntries(step.by.map(({ name }) => [name, group[0]?.[name] ?? null])),
      ...Object.fromEntries(step.aggregates.map((each) => [each.name, aggregate(each, group)])),
    }));
  }
  return made;
}

function aggregate({ of }: AskedAggregate, rows: readonly NamedRow[]): FlatValue {
  if (of === null) return rows.length;
  const { method, operand } = of;
  const values = rows.map((row) => operandValue(operand, row)).filter((value) => value !== null);
  if (method === 'countdistinct') return new Set(values).size;
  if (values.length === 0) return null;
  if (method === 'min' || method === 'max') {
    const sign = method === 'min' ? 1 : -1;
    return values.reduce((best, each) => (sign * orderOf(operand.type, each, best) < 0 ? each : best));
  }
  const total = sum(...values.map((value) => String(value) as Decimal));
  return method === 'sum' ? total : average(total, values.length);
}

/** Rounded half away from zero to 18 decimals. */
function average(total: Decimal, count: number): Decimal {
  const [units, n] = [unitsOf(total, 18), BigInt(count)];
  const rest = (units % n) * 2n;
  const away = (rest < 0n ? -rest : rest) >= n ? (units < 0n ? -1n : 1n) : 0n;
  return fromUnits(units / n + away, 18);
}
