/** How long is waited for others: never beyond the end of the process. */
export interface Patience {
  /** Resolves when all have settled, when the time is up, or when the gateway stops. */
  settle(promises: readonly Promise<unknown>[], ms?: number): Promise<void>;
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

  function wait(ms: number | undefined, begin: (give: () => void) => void): Promise<void> {
    return new Promise((resolve) => {
      if (isOver || ms === 0) return resolve();
      const timer = ms === undefined ? undefined : setTimeout(give, ms);
      function give(): void {
        clearTimeout(timer);
        waiting.delete(give);
        resolve();
      }
      waiting.add(give);
      begin(give);
    });
  }

  return {
    settle: (promises, ms) => wait(ms, (give) => void Promise.allSettled(promises).then(give)),
    rest: (ms) => wait(ms, () => {}),
  };
}
