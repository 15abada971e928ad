import { readdir, readFile } from 'node:fs/promises';

/** The CPU milliseconds that a process's living threads have taken, as the scheduler counts them; Linux. */
export async function cpuMsOf(pid: number): Promise<number> {
  const threads = await readdir(`/proc/${pid}/task`);
  const each = await Promise.all(
    // A thread may end between the two looks.
    threads.map((thread) => readFile(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').catch(() => '0')),
  );
  return each.reduce((total, text) => total + Number(text.split(' ')[0]) / 1e6, 0);
}
