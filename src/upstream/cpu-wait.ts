import { readFileSync } from 'node:fs';

/** Whether this thread has to wait for a CPU: others on the machine want more of them than there are. */
export interface CpuWait {
  isLong(): boolean;
}

/** What the kernel counts of a thread. */
export interface Waited {
  /** For how long it could have run and did not; milliseconds. */
  readonly ms: number;
  /** How often it was given a CPU. */
  readonly turns: number;
}

// A thread on a machine with room is given a CPU within a tenth of it.
const LONG_MS = 0.5;
// One wait alone may be anybody's.
const LEAST_TURNS = 4;
const REMEMBERED_MS = 30_000;
const ACCOUNT = '/proc/thread-self/schedstat';

/**
 * Looks at the kernel's account, which Linux alone keeps: elsewhere no wait is thought long. Until it has been watched for
 * as long as a finding is remembered, the wait is thought long.
 */
export function createCpuWait(
  monotonic: () => number,
  waited: () => Waited | null = waitedOfThread,
): CpuWait {
  let last = waited();
  let longUntil = last === null ? Number.NEGATIVE_INFINITY : monotonic() + REMEMBERED_MS;
  return {
    isLong() {
      const now = last === null ? null : waited();
      if (last !== null && now !== null && now.turns - last.turns >= LEAST_TURNS) {
        const each = (now.ms - last.ms) / (now.turns - last.turns);
        if (each >= LONG_MS) longUntil = monotonic() + REMEMBERED_MS;
        last = now;
      }
      return monotonic() < longUntil;
    },
  };
}

function waitedOfThread(): Waited | null {
  try {
    const [, ns, turns] = readFileSync(ACCOUNT, 'utf8').split(' ').map(Number);
    return ns === undefined || turns === undefined ? null : { ms: ns / 1e6, turns };
  } catch {
    // No such account on this system.
    return null;
  }
}
