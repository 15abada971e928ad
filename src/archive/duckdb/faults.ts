import { ArchiveError, BadUserInputError } from '../../errors.ts';

// Of what a question works out of amounts: rather no answer than one that is rounded.
const TOO_LARGE =
  /Overflow in (addition|subtraction|multiplication|negation) of (DECIMAL|INT128|HUGEINT)|arithmetic: more than|Could not (cast|convert).*(DECIMAL\(38|INT128|HUGEINT)|Casting value .* to type DECIMAL\(38/;

/** One clear line for what DuckDB, the file system or the thread said, and what to do about a file that is damaged. */
export function explainFault(path: string, fault: string): ArchiveError | BadUserInputError {
  const line = fault.split('\n', 1)[0] ?? fault;
  if (TOO_LARGE.test(line)) {
    return new BadUserInputError(
      'arithmetic: a result needs more than 20 integer digits or 18 decimals, which this archive cannot hold exactly',
    );
  }
  const lasting = isDamage(line);
  const general = lasting || isFull(line) || isReadOnly(line) || isFatalText(line);
  return new ArchiveError(`archive ${path}: ${reasonOf(line)}`, { general, lasting });
}

/** Whether DuckDB can do nothing more before it is opened again. */
export function isFatal(error: unknown): boolean {
  return error instanceof Error && isFatalText(error.message);
}

function isFatalText(line: string): boolean {
  return /^FATAL Error|has been invalidated|thread has ended/.test(line);
}

function isFull(line: string): boolean {
  return /no space left|file too large|ENOSPC|EFBIG/i.test(line);
}

function isReadOnly(line: string): boolean {
  return /read-only|EROFS|EACCES|permission denied/i.test(line);
}

/** Whether an error says that the file's content is damaged. */
export function isDamage(line: string): boolean {
  return /corrupt|computed checksum|could not read enough bytes|Serialization Error|Input\/output error|\bEIO\b/i.test(
    line,
  );
}

const REMEDY =
  'restore a copy of it; or copy what can be read into a new one (countroom copy-archive --readable) and go on with ' +
  'that; or begin with a new file: what the providers still have is read again';

function reasonOf(line: string): string {
  const holder = /Conflicting lock is held in (.+?)(?: \(deleted\))? \(PID (\d+)\)/.exec(line);
  if (holder !== null) return `it is held by process ${holder[2]} (${holder[1]}); only one may open it`;
  if (/could not set lock/i.test(line)) return 'it is held by another process; only one may open it';
  if (/not a valid DuckDB database file/i.test(line)) return `the file is no DuckDB database: ${REMEDY}`;
  if (/failed to offload data block|max_temp_directory_size/i.test(line)) {
    return `a query needs more room for temporary data than the disk has beside the archive: free some, or ask for less (${line})`;
  }
  if (/^Out of Memory Error/i.test(line)) {
    return `a query needs more memory than archive.memoryMb gives it: give more, or ask for less (${line})`;
  }
  if (isFull(line)) return `the disk is full (${line})`;
  if (isDamage(line)) return `the file is damaged (${line}): ${REMEDY}`;
  if (isReadOnly(line)) return `it is open for reading alone, or to another user (${line})`;
  return line;
}
