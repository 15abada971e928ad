import type { ChildProcess } from 'node:child_process';

/** The address a gateway of its own process says it listens at; rejects where it ends before. */
export function addressOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    child.stdout?.on('data', (chunk: Buffer) => {
      text += chunk.toString();
      const found = /https?:\/\/[^\s/]+/.exec(text);
      if (found !== null) resolve(found[0]);
    });
    child.once('exit', (code) => reject(new Error(`the gateway ended with ${code} before it answered`)));
  });
}
