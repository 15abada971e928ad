/** How long is waited for others: never beyond the end of the process. */
export interface Patience {
  /** Resolves when all have settled, when the time is up, when who waits has left, or when the gateway stops. */
  settle(promises: readonly Promise<unknown>[], ms?: number, left?: AbortSignal): Promise<void>;
  /** Resolves when the time is up, or when the gateway stops. */
  rest(ms: number): Promise<void>;
}

/**
 * One listener stands for all who wait, however many come and go: what is left of each with a signal that lives as long
 * as the process would add up over weeks.
 */
export function createPatience(stopping?: AbortSignal): Patience {
  const waiting = new Set<() => void>();
  let isOver = stopping?.aborted === true;
  const end = () => {
    isOver = true;
    for (const give of [...waiting]) give();
  };
  stopping?.addEventListener('abort', end, { once: true });

  function wait(
    ms: number | undefined,
    begin: (give: () => void) => void,
    left?: AbortSignal,
  ): Promise<void> {
    return new Promise((resolve) => {
      if (isOver || ms === 0 || left?.aborted) return resolve();
      const timer = ms === undefined ? undefined : setTimeout(give, ms);
      function give(): void {
        clearTimeout(timer);
        left?.removeEventListener('abort', give);
        waiting.delete(give);
        resolve();
      }
      waiting.add(give);
      // A request's own signal goes with it.
      left?.addEventListener('abort', give);
      begin(give);
    });
  }

  return {
    settle: (promises, ms, left) => wait(ms, (give) => void Promise.allSettled(promises).then(give), left),
    rest: (ms) => wait(ms, () => {}),
  };
}
