import type { FeedKey, Fence, Lease, Leases } from '../archive/archive.ts';
import type { Interval } from '../records/interval.ts';
import type { Window } from '../records/window.ts';
import type { Turn } from '../upstream/turn.ts';
import { createWaitlist, type Waitlist } from '../upstream/waitlist.ts';
import { type Feed, feedName } from './feed.ts';
import { keepLease } from './leases.ts';

/** A window this process may read now. */
export interface Claim {
  readonly fence: Fence;
  /** Aborted when another process took the window over. */
  readonly lost: AbortSignal;
  /** Its first call has left: another window may be claimed in its place, however long its answer takes. */
  began(): void;
  release(): Promise<void>;
}

export interface ClaimAsk {
  readonly feed: Feed;
  readonly window: Window;
  readonly turn: Turn;
  readonly signal: AbortSignal;
  /** Looks into the ledger whether the window is still to be read. */
  readonly isWanted: () => Promise<boolean>;
}

/** Decides, among processes that share an archive, who reads a window. */
export interface Claims {
  /** Resolves when the window may be read, or to null once another process has read it. */
  claim(ask: ClaimAsk): Promise<Claim | null>;
  close(): void;
}

interface Waiter extends ClaimAsk {
  readonly resolve: (claim: Claim | null) => void;
  readonly reject: (reason: unknown) => void;
}

interface Queue {
  readonly waiting: Waitlist<Waiter>;
  /** By window start: held by another process. */
  readonly parked: Map<number, Waiter>;
  /** Asked for at this moment; true once there was news of its window, which may be older than the answer. */
  readonly asking: Map<Waiter, boolean>;
  /** Claimed, and not begun yet. */
  taken: number;
}

// A process claims no more ahead than it reads in a few slots: the others are to find work too. What it has begun does
// not count, or a provider that answers slowly would be asked less often than it allows.
const MOST_TAKEN = 3;

export function createClaims(leases: Leases): Claims {
  const queues = new Map<string, Queue>();
  const nameOf = (feed: FeedKey) => feedName({ account: { id: feed.account }, kind: feed.kind });
  const stops = [
    leases.onCommitted((feed, interval) =>
      wake(feed, (window) => window.from < interval.to && interval.from < window.to),
    ),
    leases.onReleased((feed, from) => wake(feed, (window) => window.from === from)),
  ];

  function queueOf(name: string): Queue {
    let queue = queues.get(name);
    if (queue === undefined) {
      queue = {
        waiting: createWaitlist<Waiter>({ heedsGates: false }),
        parked: new Map(),
        asking: new Map(),
        taken: 0,
      };
      queues.set(name, queue);
    }
    return queue;
  }

  function wake(feed: FeedKey, concerns: (window: Interval) => boolean): void {
    const queue = queueOf(nameOf(feed));
    for (const waiter of queue.asking.keys()) if (concerns(waiter.window)) queue.asking.set(waiter, true);
    for (const [from, waiter] of queue.parked) if (concerns(waiter.window)) unpark(queue, from);
  }

  function unpark(queue: Queue, from: number): void {
    const waiter = queue.parked.get(from);
    if (waiter === undefined) return;
    queue.parked.delete(from);
    queue.waiting.add(waiter);
    next(queue);
  }

  function claim(ask: ClaimAsk): Promise<Claim | null> {
    const queue = queueOf(feedName(ask.feed));
    return new Promise((resolve, reject) => {
      const settle =
        <T>(how: (value: T) => void) =>
        (value: T) => {
          ask.signal.removeEventListener('abort', leave);
          how(value);
        };
      const waiter: Waiter = { ...ask, resolve: settle(resolve), reject: settle(reject) };
      const leave = () => {
        queue.waiting.delete(waiter);
        queue.parked.delete(ask.window.from);
        reject(ask.signal.reason);
      };
      if (ask.signal.aborted) return leave();
      ask.signal.addEventListener('abort', leave, { once: true });
      queue.waiting.add(waiter);
      next(queue);
    });
  }

  function next(queue: Queue): void {
    for (;;) {
      const best = queue.waiting.first();
      // Somebody who waits is not kept from a slot by what is read in the background.
      const room = best?.turn.lane === 'interactive' ? 2 * MOST_TAKEN : MOST_TAKEN;
      if (best === null || queue.taken >= room) return;
      queue.waiting.delete(best);
      queue.taken += 1;
      void take(queue, best);
    }
  }

  async function take(queue: Queue, waiter: Waiter): Promise<void> {
    const { feed, window } = waiter;
    const free = () => {
      queue.taken -= 1;
      next(queue);
    };
    try {
      // Listened for from before it is asked: a release between the answer and its arrival would else be slept through.
      queue.asking.set(waiter, false);
      const lease = await leases.acquire({ account: feed.account.id, kind: feed.kind }, window);
      const isNews = queue.asking.get(waiter) === true;
      queue.asking.delete(waiter);
      if (lease === null) {
        if (isNews && !waiter.signal.aborted) queue.waiting.add(waiter);
        else park(queue, waiter);
        return free();
      }
      const wanted = !waiter.signal.aborted && (await waiter.isWanted());
      // Whoever left while the ledger was looked at would hold the lease for ever.
      if (!wanted || waiter.signal.aborted) {
        await lease.release();
        waiter.resolve(null);
        return free();
      }
      waiter.resolve(hold(lease, free));
    } catch (error) {
      queue.asking.delete(waiter);
      waiter.reject(error);
      free();
    }
  }

  /** Until its holder commits or gives it back; news can be lost, so after a lease's time it is tried again. */
  function park(queue: Queue, waiter: Waiter): void {
    if (waiter.signal.aborted) return;
    queue.parked.set(waiter.window.from, waiter);
    setTimeout(() => {
      if (queue.parked.get(waiter.window.from) === waiter) unpark(queue, waiter.window.from);
    }, leases.ttlMs).unref();
  }

  function hold(lease: Lease, free: () => void): Claim {
    let counts = true;
    const began = () => {
      if (counts) free();
      counts = false;
    };
    const lost = new AbortController();
    const giveBack = keepLease(lease, leases, () =>
      lost.abort(new Error('another process took the window over')),
    );
    return {
      fence: lease.fence,
      lost: lost.signal,
      began,
      async release() {
        try {
          await giveBack();
        } finally {
          began();
        }
      },
    };
  }

  return {
    claim,
    close() {
      for (const stop of stops) stop();
    },
  };
}
