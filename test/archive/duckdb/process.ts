import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

export interface Committer {
  readonly child: ChildProcess;
  /** The next line that begins with this word; null once the process has ended. */
  line(word: string): Promise<string | null>;
  kill(): Promise<void>;
}

/** Starts the committing process of a built program; `shell` goes before it, to take something away from it. */
export function startCommitter(program: string, args: readonly string[], shell = ''): Committer {
  const command = [process.execPath, program, ...args].map((part) => `'${part}'`).join(' ');
  const child = spawn('bash', ['-c', `${shell} exec ${command}`], {
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  });
  const lines = createInterface({ input: child.stdout ?? process.stdin })[Symbol.asyncIterator]();
  return {
    child,
    async line(word) {
      for (let next = await lines.next(); next.done !== true; next = await lines.next()) {
        if (next.value.startsWith(`${word} `)) return next.value;
      }
      return null;
    },
    async kill() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = once(child, 'exit');
      child.kill('SIGKILL');
      await ended;
    },
  };
}
