import { BusyError } from '../http/refusal.ts';

export interface StreamSlotsOptions {
  /** Streams at a time; each holds a snapshot of the archive. @default 8 */
  readonly total?: number;
  /** Streams of one key at a time. @default 4 */
  readonly perKey?: number;
}

/** Takes a stream for a key and gives how to let it go; throws a BusyError where none is free. */
export type TakeStream = (key: string) => () => void;

/** So many streams and no more, so that readers who do not read keep nobody else from theirs. */
export function createStreamSlots({ total = 8, perKey = 4 }: StreamSlotsOptions = {}): TakeStream {
  const taken = new Map<string, number>();
  let all = 0;
  return (key) => {
    const own = taken.get(key) ?? 0;
    if (own >= perKey) throw new BusyError(`the key ${key} has ${own} exports under way, as many as it may`);
    if (all >= total) throw new BusyError(`${all} exports are under way, as many as there may be`);
    taken.set(key, own + 1);
    all += 1;
    let isHeld = true;
    return () => {
      if (!isHeld) return;
      isHeld = false;
      all -= 1;
      const left = (taken.get(key) ?? 1) - 1;
      if (left === 0) taken.delete(key);
      else taken.set(key, left);
    };
  };
}
