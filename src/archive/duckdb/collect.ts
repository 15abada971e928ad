import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/**
 * Makes a function that frees at once what nothing points to any more. DuckDB's results hold their rows outside of
 * JavaScript's memory and let go of them when their wrappers are collected, which a thread with a small heap would put
 * off until an export's every byte lay in memory.
 */
export function createCollector(): () => void {
  setFlagsFromString('--expose-gc');
  const collect: unknown = runInNewContext('gc');
  setFlagsFromString('--no-expose-gc');
  if (typeof collect !== 'function') throw new TypeError('collector: expected the engine to have one');
  return () => collect();
}
