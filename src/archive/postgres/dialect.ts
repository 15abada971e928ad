import type { Dialect } from '../sql/dialect.ts';
import { postgresSpelling } from './spelling.ts';

/** The earliest instant a timestamptz can hold; a comparison with an earlier one means the same. */
const EARLIEST_MS = -210_866_803_200_000;

/** PostgreSQL's spelling. Decimals lie in NUMERIC without bounds, which keeps the scale they were sent with; times in TIMESTAMPTZ. */
export const postgresDialect: Dialect = {
  spelling: postgresSpelling,
  parameter(index, type) {
    switch (type) {
      case 'text':
        return `$${index}::text`;
      case 'texts':
        return `$${index}::text[]`;
      case 'decimal':
        return `$${index}::numeric`;
      case 'time':
        return `to_timestamp(greatest($${index}::float8, ${EARLIEST_MS}) / 1000)`;
      case 'int':
        return `$${index}::bigint`;
      case 'bool':
        return `$${index}::boolean`;
    }
  },
  cell(column, type) {
    switch (type) {
      case 'time':
        return milliseconds(column);
      case 'int':
        return `${column}::float8`;
      case 'decimal':
        return `${column}::text`;
      default:
        return column;
    }
  },
  oneOf: (column, type, values, binder) =>
    `${column} IN (${values.map((value) => binder.bind(type, value)).join(', ')})`,
  scaleOf: (column) => `scale(${column})`,
  // Sums of NUMERIC never overflow.
  sumTerms: (column) => [column],
  truncated: (time, shift, unit) =>
    milliseconds(
      `date_trunc('${unit}', (${time} AT TIME ZONE 'UTC') + (${shift}) * interval '1 millisecond')`,
    ),
};

/** A point in time as milliseconds; the double's last digits are rounded away. */
function milliseconds(time: string): string {
  return `round(date_part('epoch', ${time}) * 1000)`;
}
