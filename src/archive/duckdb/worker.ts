import { parentPort } from 'node:worker_threads';
import type { Lines } from '../archive.ts';
import { createEngine } from './engine.ts';
import type { Cancellation, Engine, Request, Response } from './protocol.ts';

// The worker thread's entry: it holds the one DuckDB of an archive and answers its requests by id.
const port = parentPort;
const engine = createEngine();
const underWay = new Map<number, AbortController>();

port?.on('message', (request: Request | Cancellation) => {
  if ('cancelled' in request) {
    underWay.get(request.cancelled)?.abort();
    return;
  }
  answer(request).then(
    (response) => {
      port.postMessage(response, transfersOf(response));
      if (request.method === 'close') port.close();
    },
    (error: unknown) => {
      throw error;
    },
  );
});

async function answer({ id, method, argument }: Request): Promise<Response> {
  const wanted = new AbortController();
  underWay.set(id, wanted);
  try {
    const call = engine[method] as (
      argument: unknown,
      wanted: AbortSignal,
    ) => ReturnType<Engine[typeof method]>;
    return { id, value: await call(argument, wanted.signal) };
  } catch (error) {
    return { id, fault: error instanceof Error ? error.message : String(error) };
  } finally {
    underWay.delete(id);
  }
}

/** What is handed over rather than copied: the bytes of lines, where they have a buffer to themselves. */
function transfersOf(response: Response): ArrayBuffer[] {
  const value = 'value' in response ? response.value : null;
  const parts: readonly unknown[] = Array.isArray(value) ? value : [];
  return parts.flatMap((part) => {
    const bytes = isLines(part) ? part.bytes : null;
    return bytes?.buffer instanceof ArrayBuffer && bytes.buffer.byteLength === bytes.byteLength
      ? [bytes.buffer]
      : [];
  });
}

function isLines(part: unknown): part is Lines {
  return typeof part === 'object' && part !== null && 'bytes' in part && part.bytes instanceof Uint8Array;
}
