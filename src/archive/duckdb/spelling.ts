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
