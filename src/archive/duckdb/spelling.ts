import type { Spelling } from '../sql/dialect.ts';

const DECIMAL = 'DECIMAL(38, 18)';

/** DuckDB's spelling of expressions. Its decimals have 38 digits: what needs more is an error, never rounded. */
export const duckDbSpelling: Spelling = {
  decimal: DECIMAL,
  rowId: 'rowid',
  bytewise: (text) => text,
  lower: (text) => `lower(${text})`,
  upper: (text) => `upper(${text})`,
  utc: (time) => time,
  isoDate: (time) => `strftime(${time}, '%Y-%m-%d')`,
  product,
  divided,
  times: (left, right) => ofParts(left, right, 'a // b', (units) => `CAST(${units} AS ${DECIMAL})`),
  remainder: (left, right) => ofParts(left, right, 'a % b', ofUnits),
  sum: (decimal, wide) =>
    wide
      ? `CAST(sum(trunc(${decimal})) AS ${DECIMAL}) + CAST(sum(${decimal} - trunc(${decimal})) AS ${DECIMAL})`
      : `CAST(sum(${decimal}) AS ${DECIMAL})`,
  quotient,
  base64url: (text) => `translate(rtrim(to_base64(encode(${text})), '='), '+/', '-_')`,
};

/** By the digits that are not trailing zeros: DECIMAL(38, 18) times itself would have two integer digits left. */
function product(left: string, right: string): string {
  const digits = (name: string) => `rtrim(replace(CAST(${name} AS VARCHAR), '.', ''), '0')`;
  const whole = (name: string) =>
    `CASE WHEN ${name} = 0 THEN 0::HUGEINT ELSE CAST(${digits(name)} AS HUGEINT) END`;
  const decimals = (name: string) => `18 - (length(CAST(${name} AS VARCHAR)) - 1 - length(${digits(name)}))`;
  const power = (of: string) => `CAST('1' || repeat('0', ${of}) AS HUGEINT)`;
  const units = `CASE WHEN p = 0 THEN 0::HUGEINT WHEN s <= 18 THEN p * ${power('18 - s')}
    WHEN p % ${power('s - 18')} = 0 THEN p // ${power('s - 18')} ELSE error('arithmetic: more than 18 decimals') END`;
  return `(SELECT CASE WHEN p IS NULL THEN NULL ELSE ${ofUnits(units)} END
    FROM (SELECT (${whole('a')}) * (${whole('b')}) AS p, ${decimals('a')} + ${decimals('b')} AS s
      FROM (SELECT CAST(${left} AS ${DECIMAL}) AS a, CAST(${right} AS ${DECIMAL}) AS b) AS factors) AS parts)`;
}

/** Both decimals as whole numbers `a` and `b` of units of their last place, and what is made of them; null by zero. */
function ofParts(left: string, right: string, made: string, spelt: (units: string) => string): string {
  const units = (name: string) => `CAST(replace(CAST(${name} AS VARCHAR), '.', '') AS HUGEINT)`;
  return `(SELECT CASE WHEN a IS NULL OR b IS NULL OR b = 0 THEN NULL ELSE ${spelt(made)} END
    FROM (SELECT ${units('x')} AS a, ${units('y')} AS b
      FROM (SELECT CAST(${left} AS ${DECIMAL}) AS x, CAST(${right} AS ${DECIMAL}) AS y) AS given) AS parts)`;
}

/** By long division, nine digits at a time, after the zeros that both end in are taken off: 38 digits are all there are. */
function divided(left: string, right: string): string {
  const text = (name: string) => `replace(CAST(abs(${name}) AS VARCHAR), '.', '')`;
  const zeros = (name: string) => `length(${text(name)}) - length(rtrim(${text(name)}, '0'))`;
  const units = (name: string) => `CAST(${text(name)} AS HUGEINT) // CAST('1' || repeat('0', z) AS HUGEINT)`;
  const step = (rest: string) => `${rest} * 1000000000::HUGEINT`;
  const whole = '(n * 1000000000::HUGEINT + q) * 1000000000::HUGEINT + p';
  const rounded = `${whole} + CASE WHEN r >= b - r THEN 1 ELSE 0 END`;
  return `(SELECT CASE WHEN r IS NULL THEN NULL WHEN minus THEN -${ofUnits(rounded)} ELSE ${ofUnits(rounded)} END
    FROM (SELECT *, (${step('r1')}) // b AS p, (${step('r1')}) % b AS r
    FROM (SELECT *, (${step('r0')}) // b AS q, (${step('r0')}) % b AS r1
    FROM (SELECT a // b AS n, a % b AS r0, b, minus
    FROM (SELECT ${units('x')} AS a, nullif(${units('y')}, 0) AS b, (x < 0) <> (y < 0) AS minus
    FROM (SELECT x, y, least(${zeros('x')}, ${zeros('y')}) AS z
    FROM (SELECT CAST(${left} AS ${DECIMAL}) AS x, CAST(${right} AS ${DECIMAL}) AS y) AS given) AS ending)
      AS parts) AS first) AS second) AS last)`;
}

function quotient(sum: string, count: string): string {
  const units = "CAST(replace(CAST(total AS VARCHAR), '.', '') AS HUGEINT)";
  const rounded = `${units} // n + CASE WHEN 2 * abs(${units} % n) >= n THEN sign(total)::HUGEINT ELSE 0 END`;
  return `(SELECT CASE WHEN n = 0 OR total IS NULL THEN NULL ELSE ${ofUnits(rounded)} END
    FROM (SELECT ${sum} AS total, CAST(${count} AS HUGEINT) AS n) AS parts)`;
}

/** The decimal of so many units of its last place. */
function ofUnits(units: string): string {
  return `CAST(CAST(${units} AS DECIMAL(38, 0)) * CAST('0.000000000000000001' AS DECIMAL(18, 18)) AS ${DECIMAL})`;
}
