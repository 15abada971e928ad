import { ArchiveError } from '../../errors.ts';

/** One clear line for what DuckDB, the file system or the thread said. */
export function explainFault(path: string, fault: string): ArchiveError {
  const line = fault.split('\n', 1)[0] ?? fault;
  return new ArchiveError(`archive ${path}: ${reasonOf(line)}`);
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
  if (/no space left|file too large|ENOSPC|EFBIG/i.test(line)) return `the disk is full (${line})`;
  return line;
}
