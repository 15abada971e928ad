import type { Spelling } from '../sql/dialect.ts';

/** PostgreSQL's spelling of expressions; a NUMERIC holds any product. Letters change case as Unicode has it, whatever the database's locale. */
export const postgresSpelling: Spelling = {
  decimal: 'NUMERIC',
  bytewise: (text) => `(${text}) COLLATE "C"`,
  lower: (text) => `lower((${text}) COLLATE "und-x-icu")`,
  upper: (text) => `upper((${text}) COLLATE "und-x-icu")`,
  utc: (time) => `(${time} AT TIME ZONE 'UTC')`,
  isoDate: (time) => `to_char(${time} AT TIME ZONE 'UTC', 'YYYY-MM-DD')`,
  product: (left, right) => `(${left} * ${right})`,
  // In whole numbers: a quotient of NUMERICs is rounded to as many digits as PostgreSQL sees fit. OFFSET keeps each
  // operand worked out once: filled in wherever it is named, quotients of quotients would grow without bound.
  divided: (left, right) => `(SELECT sign(a) * sign(b) * 0.000000000000000001
    * div(2 * abs(a) * 1000000000000000000 + abs(b), 2 * nullif(abs(b), 0))
    FROM (SELECT CAST(${left} AS NUMERIC) AS a, CAST(${right} AS NUMERIC) AS b OFFSET 0) AS parts)`,
  times: (left, right) => `div(${left}, nullif(${right}, 0))`,
  remainder: (left, right) => `mod(${left}, nullif(${right}, 0))`,
  sum: (decimal) => `sum(${decimal})`,
  // More digits than it is rounded to, so that it is rounded once.
  quotient: (sum, count) => `round(CAST(${sum} AS NUMERIC(120, 40)) / nullif(${count}, 0), 18)`,
  base64url: (text) =>
    `translate(rtrim(replace(encode(convert_to(${text}, 'UTF8'), 'base64'), chr(10), ''), '='), '+/', '-_')`,
};
