import { ArchiveError, CountroomError } from '../../errors.ts';

/** What PostgreSQL, the driver or the network said, as far as both are known. */
interface Fault {
  readonly code: string | null;
  readonly text: string;
}

// The connection was lost or refused, its host's name or the way there is not known for now, or the server is coming
// up, going down or full.
const LOST = new Set([
  ...['57P01', '57P02', '57P03', '53300', '08000', '08001', '08003', '08004', '08006', '25P03'],
  ...['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'ENOENT'],
  ...['EAI_AGAIN', 'ENOTFOUND', 'EHOSTUNREACH', 'ENETUNREACH'],
]);
// A server that was just given up for another takes no writes; the next connection is to its successor.
const READ_ONLY = '25006';
// What every other commit would fail for as well: for reading alone, broken, or a disk that gives errors.
const GENERAL = new Set([READ_ONLY, 'XX001', 'XX002', '58030']);
const LOST_TEXT =
  /^(Connection terminated|Connection ended|timeout exceeded when trying|Query read timeout|Client (has encountered|was closed))/;
const SILENCE_TEXT =
  /^(Query read timeout|timeout exceeded when trying|Connection terminated due to connection timeout)/;
const CONFLICTS = new Set(['40001', '40P01']);

/** Whether the same work may well succeed when it is done again: all of it was rolled back, or repeats to no effect. */
export function isPassing(error: unknown): boolean {
  const { code, text } = faultOf(error);
  return code === null ? LOST_TEXT.test(text) : LOST.has(code) || CONFLICTS.has(code) || code === READ_ONLY;
}

/** Whether the connection broke or could not be had: others may be of no more use. */
export function isUnreachable(error: unknown): boolean {
  return isLost(faultOf(error));
}

/** Whether nobody answered, rather than somebody who refused. */
export function isSilence(error: unknown): boolean {
  const { code, text } = faultOf(error);
  return code === 'ETIMEDOUT' || SILENCE_TEXT.test(text);
}

/** One clear line for what went wrong at `place` (host and database, never the password); our own errors stay as they are. */
export function explainFault(place: string, error: unknown): CountroomError {
  if (error instanceof CountroomError) return error;
  const fault = faultOf(error);
  const general = isFull(fault) || GENERAL.has(fault.code ?? '');
  return new ArchiveError(`archive ${place}: ${reasonOf(fault)}`, { cause: error, general });
}

/** Where a connection string leads: host, port and database alone. */
export function placeOf(url: string): string {
  // The address itself stays out of the message: what is wrong with it may be its password.
  if (!URL.canParse(url)) {
    throw new ArchiveError(
      'archive: expected postgres://user:password@host:5432/database, special characters percent-encoded',
    );
  }
  const { hostname, port, pathname } = new URL(url);
  return `${hostname}${port === '' ? '' : `:${port}`}${pathname}`;
}

function faultOf(error: unknown): Fault {
  // A connection tried at several addresses of a host fails with all their errors at once.
  const first = error instanceof AggregateError ? error.errors[0] : error;
  const code = first instanceof Error && 'code' in first ? first.code : null;
  return {
    code: typeof code === 'string' ? code : null,
    text: first instanceof Error ? first.message : String(first),
  };
}

function reasonOf({ code, text }: Fault): string {
  const line = text.split('\n', 1)[0] ?? text;
  if (isFull({ code, text })) return `the disk is full, nothing of this was written (${line})`;
  switch (code) {
    case '57014':
      return `the database took longer than a statement may (${line})`;
    case READ_ONLY:
      return 'it is open for reading alone';
    case 'XX001':
    case 'XX002':
      return `the database is damaged (${line}): restore a backup; or, where it still can be read, copy it into a new one (countroom copy-archive); or begin with an empty one: what the providers still have is read again`;
    case '58030':
      return `the database's disk gives errors (${line}): look at its server's log, and restore a backup where files are damaged`;
    case '28P01':
    case '28000':
      return `the database refused the user or password (${line})`;
    case '3D000':
      return `${line}: create it first`;
    case '42501':
      return `the database user lacks a right (${line})`;
    default:
      if (text.startsWith('Query read timeout')) return 'it cannot be reached (no answer came)';
      if (text.startsWith('timeout exceeded when trying')) return 'no connection came free, or could be made';
      return isLost({ code, text }) ? `it cannot be reached (${line})` : line;
  }
}

/** A file that may not grow is no matter of space by its code, and the same to whoever writes. */
function isFull({ code, text }: Fault): boolean {
  return code === '53100' || /^could not extend file/.test(text);
}

function isLost({ code, text }: Fault): boolean {
  return code === null ? LOST_TEXT.test(text) : LOST.has(code);
}
