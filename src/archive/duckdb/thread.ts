import type { CountroomError } from '../../errors.ts';
import type { Argument, Cancellation, Method, Request, Response, Result } from './protocol.ts';
import { startWorker } from './start-worker.ts';

/** The caller's end of the worker thread. */
export interface Thread {
  /**
   * Rejects with an ArchiveError made by `explain` from what the engine said, or with the signal's reason as soon as
   * that is aborted; the engine is told.
   */
  call<M extends Method>(method: M, argument: Argument<M>, wanted?: AbortSignal): Promise<Result<M>>;
  /** Ends the thread once it has nothing left to do. */
  stop(): Promise<void>;
}

interface Pending {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
}

/** Starts the engine's thread; it keeps the process alive only while an answer is awaited. */
export function startThread(explain: (fault: string) => CountroomError): Thread {
  const worker = startWorker();
  const pending = new Map<number, Pending>();
  let lastId = 0;
  let ended: string | null = null;

  worker.on('message', (response: Response) => {
    const waiting = pending.get(response.id);
    pending.delete(response.id);
    if (pending.size === 0) worker.unref();
    if ('fault' in response) waiting?.reject(explain(response.fault));
    else waiting?.resolve(response.value);
  });
  worker.on('error', (error) => end(error.message));
  const exited = new Promise<void>((resolve) => {
    worker.on('exit', () => {
      end('its thread has ended');
      resolve();
    });
  });
  worker.unref();

  function end(fault: string): void {
    ended ??= fault;
    for (const { reject } of pending.values()) reject(explain(fault));
    pending.clear();
  }

  return {
    call<M extends Method>(method: M, argument: Argument<M>, wanted?: AbortSignal) {
      return new Promise<Result<M>>((resolve, reject) => {
        if (ended !== null) return reject(explain(ended));
        if (wanted?.aborted) return reject(wanted.reason);
        lastId += 1;
        const id = lastId;
        const giveUp = () => {
          worker.postMessage({ cancelled: id } satisfies Cancellation);
          reject(wanted?.reason);
        };
        const heard = () => wanted?.removeEventListener('abort', giveUp);
        wanted?.addEventListener('abort', giveUp, { once: true });
        pending.set(id, {
          resolve(value) {
            heard();
            resolve(value as Result<M>);
          },
          reject(error) {
            heard();
            reject(error);
          },
        });
        worker.ref();
        worker.postMessage({ id, method, argument } satisfies Request);
      });
    },
    async stop() {
      worker.ref();
      await worker.terminate();
      await exited;
    },
  };
}
