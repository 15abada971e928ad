import { readdirSync, readFileSync } from 'node:fs';

/** CPU milliseconds that were used up so far; what a busy machine does to wall time it does not do to these. */
export type CpuMeter = () => number;

/** Those of all threads of this process. */
export const ownCpu: CpuMeter = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
};

/** Those of this process, of another (a database's server) and of its children, as Linux tells them. */
export function cpuWithServer(pid: number): CpuMeter {
  return () => ownCpu() + cpuOfTree(pid);
}

/** A tick of `/proc/<pid>/stat`, where those that have ended are counted. */
const TICK_MS = 10;

function cpuOfTree(pid: number): number {
  let total = 0;
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const fields = statOf(name);
    if (fields === null) continue;
    const [parent, ownEnded] = [Number(fields[1]), Number(fields[13]) + Number(fields[14])];
    if (Number(name) === pid) total += ownEnded * TICK_MS;
    else if (parent !== pid) continue;
    total += runMs(name);
  }
  return total;
}

/** Those of all threads of another process, as Linux tells them. */
export function processCpu(pid: number): CpuMeter {
  return () => {
    const fields = statOf(`${pid}`);
    return fields === null ? 0 : (Number(fields[11]) + Number(fields[12])) * TICK_MS;
  };
}

/** The fields of a process after its name, from its state on; null where it is gone. */
function statOf(pid: string): readonly string[] | null {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return text.slice(text.lastIndexOf(')') + 2).split(' ');
  } catch {
    return null;
  }
}

/** The time on a processor of a process of one thread; 0 where it is gone. */
function runMs(pid: string): number {
  try {
    return Number(readFileSync(`/proc/${pid}/schedstat`, 'utf8').split(' ')[0]) / 1e6;
  } catch {
    return 0;
  }
}

/** CPU milliseconds that some work takes. */
export async function cpuOf(work: () => Promise<unknown>, meter: CpuMeter = ownCpu): Promise<number> {
  const before = meter();
  await work();
  return meter() - before;
}

/** What each of several pieces of work takes, the lowest of some rounds in which they take turns, after one to warm up. */
export async function cpuOfEach<Name extends string>(
  works: Readonly<Record<Name, () => Promise<unknown>>>,
  rounds = 7,
  meter: CpuMeter = ownCpu,
): Promise<Record<Name, number>> {
  const names = Object.keys(works) as Name[];
  const lowest = Object.fromEntries(names.map((name) => [name, Number.POSITIVE_INFINITY])) as Record<
    Name,
    number
  >;
  for (const name of names) await works[name]();
  for (let round = 0; round < rounds; round += 1) {
    for (const name of names) lowest[name] = Math.min(lowest[name], await cpuOf(works[name], meter));
  }
  return lowest;
}
