import type { Dialect } from '../sql/dialect.ts';
import { duckDbSpelling } from './spelling.ts';

// A list is searched from its start for every row: beyond about so many values a join costs less.
const LONG_LIST = 40;

/** DuckDB's spelling. Decimals lie in DECIMAL(38,18) with the scale they were sent with beside them, times in TIMESTAMP (UTC). */
export const duckDbDialect: Dialect = {
  spelling: duckDbSpelling,
  parameter(index, type) {
    switch (type) {
      case 'text':
        return `$${index}::VARCHAR`;
      case 'texts':
        return `$${index}::VARCHAR[]`;
      case 'decimal':
        return `$${index}::DECIMAL(38, 18)`;
      case 'time':
        return `make_timestamp($${index}::BIGINT * 1000)`;
      case 'int':
        return `$${index}::BIGINT`;
      case 'bool':
        return `$${index}::BOOLEAN`;
    }
  },
  cell(column, type) {
    switch (type) {
      case 'time':
        return `epoch_ms(${column})::DOUBLE`;
      case 'int':
        return `${column}::DOUBLE`;
      case 'decimal':
        // Eighteen decimals always stand in the text: all but the sent ones go, and the point with the last.
        return `left(${column}::VARCHAR, len(${column}::VARCHAR) - 18 + ${column}_scale - (${column}_scale = 0)::INT)`;
      default:
        return column;
    }
  },
  // IN makes a join of five values or more, and a page then reads every column of every row instead of the newest rows'.
  oneOf(column, type, values, binder) {
    const texts = type === 'text' ? values.filter((value) => typeof value === 'string') : [];
    if (texts.length === values.length) {
      const list = binder.bind('texts', texts);
      return texts.length > LONG_LIST
        ? `${column} IN (SELECT unnest(${list}))`
        : `list_contains(${list}, ${column})`;
    }
    return `list_contains([${values.map((value) => binder.bind(type, value)).join(', ')}], ${column})`;
  },
  scaleOf: (column) => `${column}_scale`,
  // SUM wraps round silently beyond 1.7e20 at scale 18, hence the split of whole and fraction.
  sumTerms: (column, wide) => (wide ? [`trunc(${column})`, `(${column} - trunc(${column}))`] : [column]),
  longPage: 1_000,
  rowId: 'rowid',
  truncated: (time, shift, unit) =>
    `epoch_ms(date_trunc('${unit}', make_timestamp(epoch_us(${time}) + CAST(${shift} AS BIGINT) * 1000)))`,
};
