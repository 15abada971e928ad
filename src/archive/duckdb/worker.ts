import { parentPort } from 'node:worker_threads';
import { createEngine } from './engine.ts';
import type { Engine, Request, Response } from './protocol.ts';

// The worker thread's entry: it holds the one DuckDB of an archive and answers its requests by id.
const port = parentPort;
const engine = createEngine();

port?.on('message', (request: Request) => {
  answer(request).then(
    (response) => {
      port.postMessage(response);
      if (request.method === 'close') port.close();
    },
    (error: unknown) => {
      throw error;
    },
  );
});

async function answer({ id, method, argument }: Request): Promise<Response> {
  try {
    const call = engine[method] as (argument: unknown) => ReturnType<Engine[typeof method]>;
    return { id, value: await call(argument) };
  } catch (error) {
    return { id, fault: error instanceof Error ? error.message : String(error) };
  }
}
