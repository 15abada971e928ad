import { parseInstant } from '../records/instant.ts';

const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];

const CLOCK = '(?<clock>\\d{2}:\\d{2}:\\d{2})';
const ZONE = '(?:GMT|UTC|Z|[+-]0000)';
// RFC 9110, 5.6.7: the form that is sent, and the two of old that are to be read as well.
const FORMS = [
  `^[a-z]{3}, (?<day>\\d{1,2}) (?<month>[a-z]{3}) (?<year>\\d{4}) ${CLOCK} ${ZONE}$`,
  `^[a-z]{6,9}, (?<day>\\d{2})-(?<month>[a-z]{3})-(?<year>\\d{2}) ${CLOCK} ${ZONE}$`,
  `^[a-z]{3} (?<month>[a-z]{3}) (?<day>[ \\d]\\d) ${CLOCK} (?<year>\\d{4})$`,
].map((form) => new RegExp(form, 'i'));

/**
 * The instant of an HTTP date, in milliseconds; ISO 8601 with its zone is read as well. Null for all else: `Date.parse`
 * would take a time without a zone for one of this machine's, and `5.5` for a day in May.
 */
export function parseHttpDate(text: string): number | null {
  for (const form of FORMS) {
    const { day, month, year, clock } = form.exec(text)?.groups ?? {};
    if (day === undefined || month === undefined || year === undefined) continue;
    const number = months.indexOf(month.toLowerCase()) + 1;
    return parseInstant(`${wholeYear(year)}-${twoDigits(number)}-${twoDigits(day)}T${clock}Z`);
  }
  return parseInstant(text);
}

function twoDigits(part: string | number): string {
  return String(part).trim().padStart(2, '0');
}

/** Two digits mean the century they were still sent in. */
function wholeYear(year: string): string {
  return year.length === 4 ? year : `${Number(year) < 70 ? '20' : '19'}${year}`;
}
