import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface, type Interface } from 'node:readline';
import { z } from 'zod';

const said = z.object({ passed: z.boolean() });

/** What became of a file of tests, and how long it took. */
export interface Outcome {
  readonly is: 'passed' | 'failed' | 'timeout';
  readonly took: number;
}

/** The test files of a tree, run in a process of their own that is begun anew when it hangs. */
export interface Tests {
  run(test: string, limitMs: number): Promise<Outcome>;
  /** Before the next run: a file is another than it was. */
  changed(file: string): void;
  close(): void;
}

export function createTests(root: string): Tests {
  let running: { readonly to: ChildProcess; readonly from: Interface } | null = null;
  let changed: string[] = [];
  const path = (file: string) => join(root, file);

  function start(): { readonly to: ChildProcess; readonly from: Interface } {
    if (running !== null && running.to.exitCode === null && running.to.signalCode === null) return running;
    const to = spawn('node', ['--import', 'tsx', path('scripts/mutate/runner.ts')], {
      cwd: root,
      // Its own group, so that whatever the tests began ends with it.
      detached: true,
      stdio: ['pipe', 'pipe', 'ignore'],
      env: { ...process.env, TMPDIR: path('.tmp') },
    });
    running = { to, from: createInterface({ input: to.stdout! }) };
    return running;
  }

  function close(): void {
    try {
      if (running?.to.pid !== undefined) process.kill(-running.to.pid, 'SIGKILL');
    } catch (error) {
      // It has ended already.
      if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
    }
    running = null;
  }

  return {
    close,
    changed: (file) => void changed.push(path(file)),
    run(test, limitMs) {
      const { to, from } = start();
      const startedAt = performance.now();
      return new Promise((resolve) => {
        const settle = (is: Outcome['is']) => {
          clearTimeout(timer);
          from.off('line', hear);
          to.off('exit', over);
          resolve({ is, took: performance.now() - startedAt });
        };
        // A process that a mutant ended took the tests with it: they did not pass.
        const over = () => settle('failed');
        const late = () => {
          settle('timeout');
          close();
        };
        const timer = setTimeout(late, limitMs);
        const hear = (line: string) => {
          if (line.startsWith('#{'))
            settle(said.parse(JSON.parse(line.slice(1))).passed ? 'passed' : 'failed');
        };
        from.on('line', hear);
        to.once('exit', over);
        to.stdin!.write(`${JSON.stringify({ changed, test: path(test) })}\n`);
        changed = [];
      });
    },
  };
}
