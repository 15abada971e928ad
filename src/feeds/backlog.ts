import type { Heartbeat } from '../archive/admin.ts';
import { type Feed, feedName } from './feed.ts';

/** How many rows are being read or wait for the archive, so that reading never runs far ahead of it. */
export interface Backlog {
  /** Null where one more window of the feed may begin; else what to wait for before looking again. */
  backpressure(feed: Feed): Promise<void> | null;
  begin(feed: Feed): Load;
}

/** What one window that was begun brings. */
export interface Load {
  /** So many rows were read and are in memory until `written`; `isLast` where nothing more of the window will be. */
  read(rows: number, isLast?: boolean): void;
  written(rows: number): void;
  /** Nothing of the window is held any longer. */
  end(): void;
}

interface FeedLoad {
  /** Rows a window is expected to bring: as the fullest of late. */
  expected: number;
  /** Those still being read. */
  windows: number;
  pending: number;
}

export interface BacklogOptions {
  /** Rows a feed may be reading and writing at once; a window that alone has more is read alone. @default 40_000 */
  readonly mostOfFeed?: number;
  /** Rows that may wait for the archive in all. @default 100_000 */
  readonly most?: number;
}

/** How much of what a window was expected to bring is believed of the next, where this one brought less. */
const MEMORY = 0.8;

export function createBacklog({ mostOfFeed = 40_000, most = 100_000 }: BacklogOptions = {}): Backlog {
  const loads = new Map<string, FeedLoad>();
  let pending = 0;
  let change = nextChange();

  function loadOf(feed: Feed): FeedLoad {
    const name = feedName(feed);
    let load = loads.get(name);
    if (load === undefined) {
      load = { expected: mostOfFeed / 2, windows: 0, pending: 0 };
      loads.set(name, load);
    }
    return load;
  }

  function notify(): void {
    const { happened } = change;
    change = nextChange();
    happened();
  }

  return {
    backpressure(feed) {
      const { expected, windows, pending: own } = loadOf(feed);
      const fits = own + (windows + 1) * expected <= mostOfFeed && pending < most;
      return fits || (windows === 0 && own === 0) ? null : change.promise;
    },
    begin(feed) {
      const load = loadOf(feed);
      let total = 0;
      let left = 0;
      load.windows += 1;
      let isRead = false;
      // What it brought is learnt as soon as it is read, however long the archive takes over it.
      const allRead = () => {
        if (isRead) return;
        isRead = true;
        load.windows -= 1;
        load.expected = Math.max(total, load.expected * MEMORY);
      };
      const add = (rows: number) => {
        left += rows;
        load.pending += rows;
        pending += rows;
      };
      return {
        read(rows, isLast = false) {
          total += rows;
          add(rows);
          if (!isLast) return;
          allRead();
          notify();
        },
        written(rows) {
          add(-rows);
          notify();
        },
        end() {
          allRead();
          add(-left);
          notify();
        },
      };
    },
  };
}

/** A backlog that lets no window begin while `trouble` says why its rows could not be kept. */
export function whileAble(backlog: Backlog, archive: Pick<Heartbeat, 'trouble' | 'able'>): Backlog {
  return {
    begin: backlog.begin,
    backpressure: (feed) => (archive.trouble() === null ? backlog.backpressure(feed) : archive.able()),
  };
}

function nextChange() {
  let happened = () => {};
  const promise = new Promise<void>((resolve) => {
    happened = resolve;
  });
  return { promise, happened };
}
