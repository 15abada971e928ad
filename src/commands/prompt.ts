import { createInterface } from 'node:readline/promises';
import { type Readable, Writable } from 'node:stream';

/** Asks somebody at a terminal. */
export interface Prompt {
  /** The answer without blanks around it, or `usual` where it is empty; `hidden` shows nothing of what is typed. */
  ask(question: string, options?: { readonly usual?: string; readonly hidden?: boolean }): Promise<string>;
  close(): void;
}

/** Questions on `output`, answers from `input`. An answer that never comes rejects once the input ends or `signal` aborts. */
export function createPrompt(input: Readable, output: Writable, signal: AbortSignal): Prompt {
  let muted = false;
  // The question that nothing is shown after.
  let last: string | null = null;
  const seen = new Writable({
    write(chunk: Buffer, _encoding, done) {
      const isShown = !muted;
      muted ||= last !== null && chunk.toString().includes(last);
      if (isShown) output.write(chunk);
      done();
    },
  });
  const lines = createInterface({ input, output: seen, terminal: true });
  const ended = new AbortController();
  lines.once('close', () => ended.abort(new DOMException('the input ended', 'AbortError')));
  return {
    async ask(question, { usual, hidden = false } = {}) {
      const shown = `${question}${usual === undefined ? '' : ` [${usual}]`}: `;
      last = hidden ? shown : null;
      try {
        const answer = await lines.question(shown, { signal: AbortSignal.any([signal, ended.signal]) });
        return answer.trim() === '' ? (usual ?? '') : answer.trim();
      } finally {
        [last, muted] = [null, false];
        if (hidden) output.write('\n');
      }
    },
    close: () => lines.close(),
  };
}
