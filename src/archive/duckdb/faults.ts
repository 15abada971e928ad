import { ArchiveError, BadUserInputError } from '../../errors.ts';

// Of what a question works out of amounts: rather no answer than one that is rounded.
const TOO_LARGE =
  /Overflow in (addition|subtraction|multiplication|negation) of (DECIMAL|INT128|HUGEINT)|arithmetic: more than|Could not (cast|convert).*(DECIMAL\(38|INT128|HUGEINT)|Casting value .* to type DECIMAL\(38/;

/** One clear line for what DuckDB, the file system or the thread said. */
export function explainFault(path: string, fault: string): ArchiveError | BadUserInputError {
  const line = fault.split('\n', 1)[0] ?? fault;
  if (TOO_LARGE.test(line)) {
    return new BadUserInputError(
      'arithmetic: a result needs more than 20 integer digits or 18 decimals, which this archive cannot hold exactly',
    );
  }
  return new ArchiveError(`archive ${path}: ${reasonOf(line)}`, { general: isGeneral(line) });
}

/** Whether every other commit would fail as well: no room, for reading alone, or a file that is broken. */
function isGeneral(line: string): boolean {
  return isFull(line) || isBroken(line) || /read-only|EROFS|EACCES|thread has ended/i.test(line);
}

function isFull(line: string): boolean {
  return /no space left|file too large|ENOSPC|EFBIG/i.test(line);
}

function isBroken(line: string): boolean {
  return /^FATAL Error|has been invalidated|checksum|corrupt|Serialization Error|Input\/output error/i.test(
    line,
  );
}

/** Whether DuckDB can do nothing more before it is opened again. */
export function isFatal(error: unknown): boolean {
  return error instanceof Error && /^FATAL Error|has been invalidated/.test(error.message);
}

function reasonOf(line: string): string {
  const holder = /Conflicting lock is held in (.+?)(?: \(deleted\))? \(PID (\d+)\)/.exec(line);
  if (holder !== null) return `it is held by process ${holder[2]} (${holder[1]}); only one may open it`;
  if (/could not set lock/i.test(line)) return 'it is held by another process; only one may open it';
  if (/not a valid DuckDB database file/i.test(line)) return 'the file is no DuckDB database';
  if (isFull(line)) return `the disk is full (${line})`;
  return line;
}
