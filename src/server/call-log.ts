import type { Logger } from 'pino';
import { spellDuration } from '../records/duration.ts';
import type { Scrub } from '../records/scrub.ts';
import type { AttemptReport, Recovery } from '../upstream/attempt-report.ts';

/** Logs calls to providers: a line each, those that succeeded for who debugs alone, and the end of each outage. */
export interface CallLog {
  attempted(attempt: AttemptReport): void;
  recovered(recovery: Recovery): void;
}

const SAID_CHARACTERS = 200;

/** `scrub` strikes out of what came instead of rows whatever secret it repeats. */
export function createCallLog(logger: Logger, scrub: Scrub): CallLog {
  return {
    attempted({ said, ...attempt }) {
      // Struck out before it is cut: the half of a secret is known by nobody.
      const line = { ...attempt, said: said === null ? null : scrub(said).slice(0, SAID_CHARACTERS) };
      if (attempt.outcome === 'ok') logger.debug(line, 'a provider was called');
      else logger.warn(line, 'a provider did not give what was asked');
    },
    recovered({ account, operation, afterMs }) {
      // As loud as what it ends.
      logger.warn(
        { account, operation, afterMs },
        `${account} answers again after ${spellDuration(afterMs)}`,
      );
    },
  };
}
